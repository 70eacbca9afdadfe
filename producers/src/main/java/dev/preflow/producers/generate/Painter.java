package dev.preflow.producers.generate;

import ai.djl.ndarray.NDManager;
import dev.preflow.models.pipeline.DiffusionPipeline;
import dev.preflow.models.pipeline.GeneratedImage;
import dev.preflow.models.pipeline.GenerationRequest;
import dev.preflow.models.pipeline.LoraDirectory;
import dev.preflow.models.pipeline.TrajectoryFile;
import dev.preflow.models.tensor.Compute;
import dev.preflow.models.tensor.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Weights that draw. They never change; new weights are another painter. */
final class Painter implements AutoCloseable {

    private final NDManager manager;
    private final DiffusionPipeline pipeline;

    /** Keeps the weights open that this painter's are a LoRA on. */
    private final SharedPainter.@Nullable Lease base;

    private Painter(NDManager manager, DiffusionPipeline pipeline, SharedPainter.@Nullable Lease base) {
        this.manager = manager;
        this.pipeline = pipeline;
        this.base = base;
    }

    /**
     * Loads a pipeline.
     *
     * @param source a diffusers directory or a single file
     * @param compute where it draws, and in what precision
     * @return a painter with weights of its own
     * @throws IOException when there is no such directory or file, or it is no pipeline that draws from noise
     */
    static Painter load(Path source, Compute compute) throws IOException {
        if (!Files.exists(source)) {
            throw new IOException("There is no model " + source);
        }
        var manager = compute.newManager();
        try {
            var pipeline = DiffusionPipeline.load(source, source.toString(), compute.precision(), manager);
            pipeline.models().requireDrawsFromNoise();
            return new Painter(manager, pipeline, null);
        } catch (RuntimeException e) {
            manager.close();
            throw new IOException("Cannot load the model in %s: %s".formatted(source, e.getMessage()), e);
        }
    }

    /**
     * Weights with a LoRA on, without a copy of them.
     *
     * @param base the weights; let go of with this painter, or when it cannot be made
     * @param directory has the LoRA
     * @return a painter that shares the base's memory
     * @throws IOException when the LoRA does not fit the base
     */
    static Painter adapt(SharedPainter.Lease base, Path directory) throws IOException {
        try {
            var pipeline = base.painter().pipeline.adapted(LoraDirectory.file(directory), directory.toString());
            return new Painter(Torch.newManager(), pipeline, base);
        } catch (RuntimeException e) {
            base.close();
            throw new IOException("Cannot load the LoRA in %s: %s".formatted(directory, e.getMessage()), e);
        }
    }

    /**
     * Draws a batch.
     *
     * @param tasks of one {@link PaintTask.Kind}
     * @return a painting per task, in their order
     */
    List<Painting> paint(List<PaintTask> tasks) {
        var requests = tasks.stream().map(Painter::request).toList();
        return pipeline.generate(requests, tasks.get(0).kind().recorded()).stream()
                .map(this::painting)
                .toList();
    }

    @Override
    public void close() {
        pipeline.close();
        manager.close();
        if (base != null) {
            base.close();
        }
    }

    private static GenerationRequest request(PaintTask task) {
        var kind = task.kind();
        return new GenerationRequest(
                task.text(), null, task.seed(), task.guidanceScale(), kind.steps(), kind.stochasticSteps(), kind.eta());
    }

    private Painting painting(GeneratedImage drawn) {
        return new Painting(PngImage.encode(drawn.image().toBufferedImage()), trajectory(drawn));
    }

    private byte @Nullable [] trajectory(GeneratedImage drawn) {
        var trajectory = drawn.trajectory();
        return trajectory == null ? null : TrajectoryFile.encode(trajectory, manager);
    }
}
