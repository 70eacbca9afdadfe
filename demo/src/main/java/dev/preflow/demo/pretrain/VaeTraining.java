package dev.preflow.demo.pretrain;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.preflow.demo.render.SceneRenderer;
import dev.preflow.models.optim.AdamW;
import dev.preflow.models.optim.DataParallel;
import dev.preflow.models.optim.LearningRate;
import dev.preflow.models.tensor.Autograd;
import dev.preflow.models.tensor.Noise;
import dev.preflow.models.tensor.Ops;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.vae.AutoencoderKL;
import dev.preflow.models.vae.LatentDistribution;
import java.util.List;

/** Trains the autoencoder on rendered scenes: reconstruction error, absolute and squared, and a light pull towards a normal. */
final class VaeTraining {
    private static final double PEAK_RATE = 2e-3;
    private static final long WARMUP = 50;
    /** A short training warms up for one part in this many. */
    private static final long WARMUP_PART = 10;

    private static final double MAX_NORM = 1;
    private static final float DIVERGENCE_WEIGHT = 2e-4f;
    /** Sharp edges are worth more than squared error alone pays for. */
    private static final float ABSOLUTE_WEIGHT = 0.2f;

    private final AutoencoderKL vae;
    private final PretrainPlan plan;

    VaeTraining(AutoencoderKL vae, PretrainPlan plan) {
        this.vae = vae;
        this.plan = plan;
    }

    /** Trains new parameters below {@code parent}; returns them. */
    Parameters train(NDManager parent, TrainingLog log) {
        Parameters parameters = new Parameters(parent);
        vae.init(parameters.root(), Noise.derive(plan.seed(), 1));
        parameters.trainable(name -> true);
        LearningRate rate =
                LearningRate.cosine(PEAK_RATE, Math.min(WARMUP, plan.vaeSteps() / WARMUP_PART), plan.vaeSteps());
        try (AdamW optimiser = new AdamW(parameters, AdamW.Settings.of(0));
                DataParallel workers = new DataParallel(List.of(parameters), plan.workers())) {
            for (int step = 0; step < plan.vaeSteps(); step++) {
                long stepSeed = Noise.derive(plan.seed() + 1, step);
                double loss = workers.gradients((replica, worker) -> share(replica.get(0), worker, stepSeed));
                optimiser.step(rate.at(step), MAX_NORM);
                workers.broadcast();
                log.step("autoencoder", step, plan.vaeSteps(), loss);
            }
        }
        parameters.trainable(name -> false);
        return parameters;
    }

    private double share(Parameters parameters, int worker, long stepSeed) {
        int size = plan.vaeBatch() / plan.workers();
        long seed = Noise.derive(stepSeed, worker);
        SceneBatch batch = SceneBatch.draw(size, plan.rates(), plan.weights(), Noise.generator(seed));
        try (NDManager step = parameters.manager().newSubManager()) {
            NDArray images = images(step, batch.planes());
            LatentDistribution latents = vae.encode(parameters.root(), images);
            NDArray noise = Noise.normal(step, seed, latents.mean().getShape());
            NDArray error = vae.decode(parameters.root(), latents.sample(noise)).sub(images);
            NDArray whole = error.square()
                    .mean()
                    .add(Ops.scale(error.abs().mean(), ABSOLUTE_WEIGHT))
                    .add(Ops.scale(latents.divergence(), DIVERGENCE_WEIGHT));
            NDArray loss = Ops.scale(whole, 1.0 / plan.workers());
            Autograd.backward(loss);
            return loss.getFloat();
        }
    }

    /**
     * The factor that gives the latents of scenes unit standard deviation.
     *
     * @param images how many scenes to measure on
     */
    double scalingFactor(Parameters parameters, int images) {
        SceneBatch batch =
                SceneBatch.draw(images, plan.rates(), plan.weights(), Noise.generator(Noise.derive(plan.seed(), 2)));
        float[] latents = encode(parameters, batch.planes());
        double mean = 0;
        for (float value : latents) {
            mean += value / latents.length;
        }
        double variance = 0;
        for (float value : latents) {
            variance += (value - mean) * (value - mean) / latents.length;
        }
        return 1 / Math.sqrt(variance);
    }

    /** The latents' means, unscaled, of planes in [-1, 1]. */
    float[] encode(Parameters parameters, float[] planes) {
        try (Autograd off = Autograd.disabled();
                NDManager step = parameters.manager().newSubManager()) {
            return vae.encode(parameters.root(), images(step, planes)).mean().toFloatArray();
        }
    }

    /** The reconstruction of planes in [-1, 1]. */
    float[] reconstruct(Parameters parameters, float[] planes) {
        try (Autograd off = Autograd.disabled();
                NDManager step = parameters.manager().newSubManager()) {
            NDArray latents =
                    vae.encode(parameters.root(), images(step, planes)).mean();
            return vae.decode(parameters.root(), latents).toFloatArray();
        }
    }

    /** Planes of scenes as N×3×64×64. */
    static NDArray images(NDManager manager, float[] planes) {
        int side = SceneRenderer.SIDE;
        return manager.create(planes, new Shape(planes.length / SceneBatch.IMAGE, 3, side, side));
    }
}
