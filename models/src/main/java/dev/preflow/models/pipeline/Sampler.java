package dev.preflow.models.pipeline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.image.RgbImage;
import dev.preflow.models.scheduler.DdimScheduler;
import dev.preflow.models.scheduler.Denoising;
import dev.preflow.models.scheduler.GaussianStep;
import dev.preflow.models.scheduler.Scheduler;
import dev.preflow.models.tensor.Execution;
import dev.preflow.models.tensor.Noise;
import dev.preflow.models.tensor.Ops;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.unet.Conditioning;
import dev.preflow.models.unet.MicroConditioning;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Draws one batch of requests of one {@link #form}. */
final class Sampler {
    /** The purpose of the noise with which a start image's latents are drawn; 0 is the start, n the draw of step n-1. */
    private static final int ENCODING = -1;

    private final PipelineModels models;
    private final Parameters policy;
    private final Parameters vae;
    private final List<GenerationRequest> requests;
    private final NDManager manager;
    private final int batch;
    private final ImageSize size;
    private final IntFunction<NDArray> noise;

    /** @param manager owns the latents; it lives as long as this batch */
    Sampler(
            PipelineModels models,
            Parameters policy,
            Parameters vae,
            List<GenerationRequest> requests,
            NDManager manager) {
        this(models, policy, vae, requests, manager, seeded(models, requests, manager));
    }

    /** @param noise the noise of one purpose, standard normal, in the latents' shape */
    Sampler(
            PipelineModels models,
            Parameters policy,
            Parameters vae,
            List<GenerationRequest> requests,
            NDManager manager,
            IntFunction<NDArray> noise) {
        this.models = models;
        this.policy = policy;
        this.vae = vae;
        this.requests = requests;
        this.manager = manager;
        this.batch = requests.size();
        this.size = size(models, requests.get(0));
        this.noise = noise;
    }

    /** What requests of one batch have in common. */
    static List<Object> form(PipelineModels models, GenerationRequest r) {
        int skipped = r.start() == null ? -1 : r.start().skipped(r.steps());
        return List.of(r.steps(), r.stochasticSteps(), r.eta(), r.guided(), size(models, r), skipped);
    }

    private static ImageSize size(PipelineModels models, GenerationRequest request) {
        return request.size() == null ? models.ownSize() : request.size();
    }

    private static IntFunction<NDArray> seeded(
            PipelineModels models, List<GenerationRequest> requests, NDManager manager) {
        Shape shape = models.latentShape(size(models, requests.get(0)));
        return purpose -> Noise.normalBatch(
                manager,
                requests.stream()
                        .mapToLong(request -> Noise.derive(request.seed(), purpose))
                        .toArray(),
                shape);
    }

    /** The shape of one latent of the batch, C×H×W. */
    Shape latentShape() {
        return models.latentShape(size);
    }

    /** The clean latents; every step is told to the recorder, if there is one, and to the progress. */
    NDArray sample(@Nullable TrajectoryRecorder recorder, DiffusionPipeline.Progress progress) {
        Conditioning text = text();
        Denoising run = start();
        NDArray latents = first(run);
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
            progress.step(i + 1, times.length);
        }
        return latents;
    }

    private Denoising start() {
        GenerationRequest first = requests.get(0);
        if (first.stochasticSteps() > 0) {
            return new DdimScheduler(models.scheduler()).run(first.steps(), first.stochasticSteps(), first.eta());
        }
        int skipped = first.start() == null ? 0 : first.start().skipped(first.steps());
        return Scheduler.of(models.scheduler()).start(manager, first.steps(), skipped);
    }

    private NDArray first(Denoising run) {
        List<RgbImage> images = requests.stream()
                .map(GenerationRequest::start)
                .filter(Objects::nonNull)
                .map(StartImage::image)
                .toList();
        if (images.isEmpty()) {
            models.requireDrawsFromNoise();
            return Ops.scale(noise.apply(0), run.initialScale());
        }
        try (NDManager step = manager.newSubManager()) {
            NDArray clean =
                    models.encodeImages(vae, Ops.scale(pixels(step, images), 2).sub(1), noise.apply(ENCODING));
            NDArray latents = run.noisy(clean, noise.apply(0));
            latents.attach(manager);
            return latents;
        }
    }

    private NDArray pixels(NDManager owner, List<RgbImage> images) {
        NDList fitted = new NDList();
        for (RgbImage image : images) {
            float[] values = new float[image.planes().length];
            image.toUnit(values, 0);
            NDArray pixels = owner.create(values, new Shape(1, 3, image.height(), image.width()));
            boolean fits = image.height() == size.height() && image.width() == size.width();
            fitted.add(fits ? pixels : Ops.resizeBicubic(pixels, size.height(), size.width()));
        }
        return NDArrays.concat(fitted);
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
        NDArray drawn = noise.apply(index + 1);
        drawn.attach(latents.getManager());
        NDArray next = distribution.draw(drawn);
        if (recorder != null) {
            recorder.stochastic(next, distribution.logProbability(next));
        }
        return next;
    }

    private Conditioning text() {
        List<@Nullable String> texts = new ArrayList<>();
        List<MicroConditioning> images = new ArrayList<>();
        if (requests.get(0).guided()) {
            for (GenerationRequest request : requests) {
                texts.add(request.negativePrompt());
                images.add(models.told(size, request.framing(), true));
            }
        }
        for (GenerationRequest request : requests) {
            texts.add(request.prompt());
            images.add(models.told(size, request.framing(), false));
        }
        return models.encodePrompts(policy, manager, texts, images);
    }

    private NDArray predict(NDArray latents, double time, Conditioning text) {
        double[] times = new double[batch];
        Arrays.fill(times, time);
        float[] scales = new float[requests.get(0).guided() ? batch : 0];
        for (int i = 0; i < scales.length; i++) {
            scales[i] = (float) requests.get(i).guidanceScale();
        }
        return models.predict(policy, latents, times, text, scales, Execution.SCOPED);
    }
}
