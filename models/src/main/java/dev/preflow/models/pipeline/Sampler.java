package dev.preflow.models.pipeline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.scheduler.DdimScheduler;
import dev.preflow.models.scheduler.Denoising;
import dev.preflow.models.scheduler.GaussianStep;
import dev.preflow.models.scheduler.Scheduler;
import dev.preflow.models.tensor.Noise;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.unet.Conditioning;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Draws one batch of requests that share their steps, their stochastic steps, and whether they are guided. */
final class Sampler {

    private final PipelineModels models;
    private final Parameters policy;
    private final List<GenerationRequest> requests;
    private final NDManager manager;
    private final int batch;

    /** @param manager owns the latents; it lives as long as this batch */
    Sampler(PipelineModels models, Parameters policy, List<GenerationRequest> requests, NDManager manager) {
        this.models = models;
        this.policy = policy;
        this.requests = requests;
        this.manager = manager;
        this.batch = requests.size();
    }

    /** The clean latents; every step is told to the recorder, if there is one, and its number to the progress. */
    NDArray sample(@Nullable TrajectoryRecorder recorder, IntConsumer progress) {
        Conditioning text = text();
        Denoising run = start();
        NDArray latents = noise(0).mul(run.initialScale());
        double[] times = run.times();
        if (recorder != null) {
            recorder.start(
                    Arrays.stream(times).mapToInt(time -> (int) Math.rint(time)).toArray(), latents);
        }
        for (int i = 0; i < times.length; i++) {
            try (NDManager step = manager.newSubManager()) {
                latents.attach(step);
                NDArray output = predict(latents, times[i], text);
                NDArray next = advance(run, i, output, latents, recorder);
                next.attach(manager);
                latents = next;
            }
            progress.accept(i + 1);
        }
        return latents;
    }

    private Denoising start() {
        GenerationRequest first = requests.get(0);
        return first.stochasticSteps() == 0
                ? Scheduler.of(models.scheduler()).start(manager, first.steps())
                : new DdimScheduler(models.scheduler()).run(first.steps(), first.stochasticSteps(), first.eta());
    }

    private NDArray advance(
            Denoising run, int index, NDArray output, NDArray latents, @Nullable TrajectoryRecorder recorder) {
        if (!run.isStochastic(index)) {
            NDArray next = run.step(index, output, latents);
            if (recorder != null) {
                recorder.deterministic(next);
            }
            return next;
        }
        GaussianStep distribution = run.distribution(index, output, latents);
        NDArray noise = noise(index + 1);
        noise.attach(latents.getManager());
        NDArray next = distribution.draw(noise);
        if (recorder != null) {
            recorder.stochastic(next, distribution.logProbability(next));
        }
        return next;
    }

    private Conditioning text() {
        List<@Nullable String> texts = new ArrayList<>();
        if (requests.get(0).guided()) {
            requests.forEach(request -> texts.add(request.negativePrompt()));
        }
        requests.forEach(request -> texts.add(request.prompt()));
        return models.encodePrompts(policy, manager, texts);
    }

    /** The prediction, guided per sample (Ho and Salimans 2022) if the batch is. */
    private NDArray predict(NDArray latents, double time, Conditioning text) {
        if (!requests.get(0).guided()) {
            return models.predict(policy, latents, repeated(time, batch), text);
        }
        NDArray both = models.predict(policy, latents.concat(latents, 0), repeated(time, 2 * batch), text);
        NDArray unconditional = both.get(":" + batch);
        NDArray conditional = both.get(batch + ":");
        NDArray scale = perSample(latents.getManager(), GenerationRequest::guidanceScale);
        return unconditional.add(conditional.sub(unconditional).mul(scale));
    }

    private NDArray perSample(NDManager owner, ToDoubleFunction<GenerationRequest> value) {
        float[] values = new float[batch];
        for (int i = 0; i < batch; i++) {
            values[i] = (float) value.applyAsDouble(requests.get(i));
        }
        return owner.create(values, new Shape(batch, 1, 1, 1));
    }

    private static double[] repeated(double value, int count) {
        double[] values = new double[count];
        Arrays.fill(values, value);
        return values;
    }

    /** The noise of one purpose: 0 is the start, n the draw of step n-1. */
    private NDArray noise(int purpose) {
        long[] seeds = requests.stream()
                .mapToLong(request -> Noise.derive(request.seed(), purpose))
                .toArray();
        return Noise.normalBatch(manager, seeds, models.latentShape());
    }
}
