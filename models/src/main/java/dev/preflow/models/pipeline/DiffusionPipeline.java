package dev.preflow.models.pipeline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.preflow.models.image.RgbImage;
import dev.preflow.models.lora.Lora;
import dev.preflow.models.lora.LoraFile;
import dev.preflow.models.scheduler.SchedulerConfig;
import dev.preflow.models.tensor.Autograd;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.Precision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A latent diffusion pipeline with weights that can be swapped while it draws. Several threads may draw at once.
 *
 * <p>A batch is drawn whole with the weights it began with; the weights before a swap are closed once no batch uses them.
 */
public final class DiffusionPipeline implements AutoCloseable {

    /** Is told how far a batch is. */
    @FunctionalInterface
    public interface Progress {
        /**
         * A step has been taken.
         *
         * @param done steps that the batch has taken
         * @param steps how many it takes
         */
        void step(int done, int steps);
    }

    private final PipelineModels models;
    private final Parameters vae;
    private final AtomicReference<SharedPolicy> current;
    private final NDManager manager;

    /**
     * Takes over weights.
     *
     * @param policy the U-Net's and the text encoder's parameters; closed with the pipeline or after a swap
     * @param vae the autoencoder's parameters; closed with the pipeline
     * @param release the name of these weights, such as {@code base}
     */
    public DiffusionPipeline(
            PipelineModels models, Parameters policy, Parameters vae, String release, NDManager parent) {
        this.models = models;
        this.vae = vae;
        this.current = new AtomicReference<>(new SharedPolicy(policy, release));
        this.manager = parent.newSubManager();
    }

    /**
     * Loads a diffusers directory, a single file in latent diffusion's names beside which {@code tokenizer/} lies, or the
     * {@linkplain LoraDirectory directory of a LoRA} with its base, merged.
     *
     * @param release the name of these weights
     * @param parent manager below which the weights live
     */
    public static DiffusionPipeline load(Path source, String release, NDManager parent) {
        return load(source, release, Precision.AUTO, parent);
    }

    /** Loads the same in a precision; see the form that takes a sampler. */
    public static DiffusionPipeline load(Path source, String release, Precision precision, NDManager parent) {
        return load(source, release, UnaryOperator.identity(), precision, parent);
    }

    /**
     * Loads the same to draw by another sampler than its own.
     *
     * @param release the name of these weights
     * @param scheduler gives the sampler in place of the model's own
     * @param precision of the weights; the autoencoder's are float32 where its config has {@code force_upcast}
     * @param parent manager below which the weights live, on its device
     */
    public static DiffusionPipeline load(
            Path source,
            String release,
            UnaryOperator<SchedulerConfig> scheduler,
            Precision precision,
            NDManager parent) {
        if (Files.isRegularFile(source)) {
            return PipelineFile.load(source, release, scheduler, precision, parent);
        }
        if (!LoraDirectory.holds(source)) {
            return PipelineDirectory.load(source, release, scheduler, precision, parent);
        }
        DiffusionPipeline pipeline = load(LoraDirectory.base(source), release, scheduler, precision, parent);
        try {
            pipeline.merge(LoraDirectory.file(source), 1);
            return pipeline;
        } catch (RuntimeException e) {
            pipeline.close();
            throw e;
        }
    }

    /**
     * Adds a LoRA's term to the current weights, to be done before drawing.
     *
     * @param lora its file, in any form that {@link LoraFile} reads
     * @param strength 1 for the LoRA as it was trained
     */
    public void merge(Path lora, double strength) {
        try (PolicyLease lease = borrow();
                Lora adapters = LoraFile.read(lora, lease.parameters(), manager)) {
            adapters.mergeInto(lease.parameters(), strength);
        }
    }

    /**
     * A pipeline that draws by this one's weights with a LoRA on. Nothing is copied: this one must neither be closed nor swap
     * its weights before the other is closed.
     *
     * @param lora its file, in any form that {@link LoraFile} reads
     * @param release the name of the weights with the LoRA on
     */
    public DiffusionPipeline adapted(Path lora, String release) {
        try (PolicyLease lease = borrow()) {
            Parameters policy = Parameters.view(manager, lease.parameters());
            try {
                LoraFile.read(lora, lease.parameters(), policy.manager())
                        .parameters()
                        .asMap()
                        .forEach(policy::add);
            } catch (RuntimeException e) {
                policy.close();
                throw e;
            }
            return new DiffusionPipeline(models, policy, Parameters.view(manager, vae), release, manager);
        }
    }

    /** Writes a diffusers directory with the current weights. */
    public void save(Path directory) {
        try (PolicyLease lease = borrow()) {
            save(directory, lease.parameters());
        }
    }

    /** Writes a diffusers directory with other weights of the same networks. */
    public void save(Path directory, Parameters policy) {
        PipelineDirectory.save(directory, models, policy, vae);
    }

    /** The networks, the tokenizer and the scheduler. */
    public PipelineModels models() {
        return models;
    }

    /** The autoencoder's parameters. */
    public Parameters vae() {
        return vae;
    }

    /** The current weights, kept open until the lease is closed. */
    public PolicyLease borrow() {
        while (true) {
            // Between reading the reference and taking the weights, a swap may have closed them: then read again.
            SharedPolicy policy = current.get();
            if (policy.take()) {
                return new PolicyLease(policy);
            }
        }
    }

    /** The release of the current weights. */
    public String release() {
        return current.get().release();
    }

    /** Draws with other weights from the next batch on. Takes the parameters over. */
    public void swap(Parameters policy, String release) {
        current.getAndSet(new SharedPolicy(policy, release)).giveBack();
    }

    /**
     * Draws images, in the order of the requests. Those that share steps, size and whether they are guided are drawn as one
     * batch; the others in batches of their own.
     *
     * @param trajectories whether to return the trajectories
     */
    public List<GeneratedImage> generate(List<GenerationRequest> requests, boolean trajectories) {
        return generate(requests, trajectories, (done, steps) -> {});
    }

    /**
     * Draws images, in the order of the requests.
     *
     * @param trajectories whether to return the trajectories
     * @param progress is told of every step of every batch
     */
    public List<GeneratedImage> generate(List<GenerationRequest> requests, boolean trajectories, Progress progress) {
        Map<List<Object>, List<Integer>> batches = new LinkedHashMap<>();
        for (int i = 0; i < requests.size(); i++) {
            GenerationRequest r = requests.get(i);
            batches.computeIfAbsent(Sampler.form(models, r), form -> new ArrayList<>())
                    .add(i);
        }
        GeneratedImage[] images = new GeneratedImage[requests.size()];
        try (PolicyLease lease = borrow();
                Autograd off = Autograd.disabled()) {
            for (List<Integer> batch : batches.values()) {
                List<GeneratedImage> drawn =
                        draw(lease, batch.stream().map(requests::get).toList(), trajectories, progress);
                IntStream.range(0, batch.size()).forEach(i -> images[batch.get(i)] = drawn.get(i));
            }
        }
        return List.of(images);
    }

    private List<GeneratedImage> draw(
            PolicyLease lease, List<GenerationRequest> requests, boolean trajectories, Progress progress) {
        try (NDManager batch = manager.newSubManager()) {
            Sampler sampler = new Sampler(models, lease.parameters(), vae, requests, batch);
            TrajectoryRecorder recorder = trajectories ? new TrajectoryRecorder(sampler.latentShape()) : null;
            NDArray latents = sampler.sample(recorder, progress);
            NDArray pixels = models.decodeLatents(vae, latents);
            return images(pixels, requests, lease.release(), recorder);
        }
    }

    private static List<GeneratedImage> images(
            NDArray pixels, List<GenerationRequest> requests, String release, @Nullable TrajectoryRecorder recorder) {
        int height = (int) pixels.getShape().get(2);
        int width = (int) pixels.getShape().get(3);
        float[] values = pixels.toFloatArray();
        int size = values.length / requests.size();
        return IntStream.range(0, requests.size())
                .mapToObj(i -> new GeneratedImage(
                        requests.get(i),
                        RgbImage.ofUnit(width, height, Arrays.copyOfRange(values, i * size, (i + 1) * size)),
                        release,
                        recorder == null ? null : recorder.of(i)))
                .toList();
    }

    /** Closes the weights once no batch uses them, and the autoencoder at once: finish drawing first. */
    @Override
    public void close() {
        current.get().giveBack();
        vae.close();
        manager.close();
    }
}
