package dev.preflow.demo.pretrain;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.preflow.models.optim.AdamW;
import dev.preflow.models.optim.DataParallel;
import dev.preflow.models.optim.Ema;
import dev.preflow.models.optim.LearningRate;
import dev.preflow.models.pipeline.PipelineModels;
import dev.preflow.models.scheduler.NoiseSchedule;
import dev.preflow.models.tensor.Autograd;
import dev.preflow.models.tensor.Noise;
import dev.preflow.models.tensor.Ops;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.unet.Conditioning;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Trains the U-Net and the text encoder together on latents of scenes, by mean squared error of the schedule's target. */
final class DenoiserTraining {
    private static final double PEAK_RATE = 1.2e-3;
    private static final long WARMUP = 200;
    /** A short training warms up for one part in this many. */
    private static final long WARMUP_PART = 10;

    private static final double MAX_NORM = 1;
    private static final double WEIGHT_DECAY = 1e-3;
    private static final double EMA_DECAY = 0.998;
    /** Share of scenes trained without their prompt (Ho and Salimans 2022). */
    private static final double DROPPED = 0.1;

    private final PipelineModels models;
    private final NoiseSchedule noise;
    private final PretrainPlan plan;

    DenoiserTraining(PipelineModels models, PretrainPlan plan) {
        this.models = models;
        this.noise = new NoiseSchedule(models.scheduler());
        this.plan = plan;
    }

    /** Trains a new policy below {@code parent}; returns its moving average. */
    Parameters train(NDManager parent, LatentPool pool, TrainingLog log) {
        return train(models.initPolicy(parent, Noise.derive(plan.seed(), 3)), parent, pool, log);
    }

    /** Trains a policy on; closes it and returns its moving average. */
    Parameters train(Parameters start, NDManager parent, LatentPool pool, TrainingLog log) {
        try (Parameters policy = start) {
            policy.trainable(name -> true);
            LearningRate rate = LearningRate.cosine(
                    PEAK_RATE, Math.min(WARMUP, plan.denoiserSteps() / WARMUP_PART), plan.denoiserSteps());
            Ema average = new Ema(policy, parent, EMA_DECAY);
            try (AdamW optimiser = new AdamW(policy, AdamW.Settings.of(WEIGHT_DECAY));
                    DataParallel workers = new DataParallel(List.of(policy), plan.workers())) {
                for (int step = 0; step < plan.denoiserSteps(); step++) {
                    long stepSeed = Noise.derive(plan.seed() + 2, step);
                    double loss = workers.gradients(
                            (replica, worker) -> share(replica.get(0), pool, Noise.derive(stepSeed, worker)));
                    optimiser.step(rate.at(step), MAX_NORM);
                    workers.broadcast();
                    average.update(step);
                    log.step("denoiser", step, plan.denoiserSteps(), loss);
                }
            }
            return average.average();
        }
    }

    private double share(Parameters policy, LatentPool pool, long seed) {
        int size = plan.denoiserBatch() / plan.workers();
        RandomGenerator random = Noise.generator(seed);
        int[] places = new int[size];
        int[] timesteps = new int[size];
        for (int i = 0; i < size; i++) {
            places[i] = random.nextInt(pool.size());
            timesteps[i] = random.nextInt(noise.trainTimesteps());
        }
        List<String> prompts = new ArrayList<>(pool.captions(places));
        prompts.replaceAll(prompt -> random.nextDouble() < DROPPED ? "" : prompt);
        try (NDManager step = policy.manager().newSubManager()) {
            NDArray clean = pool.latents(step, places);
            NDArray gaussian = Noise.normal(step, random, clean.getShape());
            NDArray noisy = noise.addNoise(clean, gaussian, timesteps);
            Conditioning text = models.encodePrompts(policy, step, prompts);
            NDArray error =
                    models.predict(policy, noisy, timesteps, text).sub(noise.target(clean, gaussian, timesteps));
            NDArray loss = Ops.scale(error.square().mean(), 1.0 / plan.workers());
            Autograd.backward(loss);
            return loss.getFloat();
        }
    }
}
