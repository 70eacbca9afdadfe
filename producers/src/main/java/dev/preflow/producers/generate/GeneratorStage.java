package dev.preflow.producers.generate;

import dev.preflow.schemas.BlobRef;
import dev.preflow.schemas.GenerationTask;
import dev.preflow.schemas.Image;
import dev.preflow.stream.DeadLetterRules;
import dev.preflow.stream.Delivery;
import dev.preflow.stream.RecentOutputs;
import dev.preflow.stream.Stage;
import dev.preflow.stream.StageOptions;
import dev.preflow.stream.StageRuntime;
import dev.preflow.stream.blob.BlobStore;
import io.vertx.core.Future;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tasks in, images out. An image's bytes are in the blob store before its record is published, and its record is
 * acknowledged before the task counts as done.
 *
 * <p>Every pool of generators is a consumer group of its own, {@code generators.<pool>}: each reads all tasks and passes over
 * those that name a generator of another pool. So a slow endpoint never holds back the local pipeline, and the processes of
 * one pool share its work. A task that cannot be drawn becomes a dead letter that spares its prompt: the group goes on with
 * the images that it has.
 */
public final class GeneratorStage {

    private static final Duration REMEMBERED = Duration.ofMinutes(30);
    private static final int REMEMBERED_IDS = 200_000;
    private static final String SAFETENSORS = "application/vnd.safetensors";

    private final StageRuntime runtime;
    private final ImageGenerator generator;
    private final BlobStore blobs;
    private final Clock clock;

    private GeneratorStage(StageRuntime runtime, ImageGenerator generator, BlobStore blobs, Clock clock) {
        this.runtime = runtime;
        this.generator = generator;
        this.blobs = blobs;
        this.clock = clock;
    }

    /**
     * Starts a pool.
     *
     * @param runtime what the process's stages share
     * @param pool the pool's name; processes that name the same pool share its tasks and must stand for the same generators
     * @param generator draws; closed by the caller, after the stage has stopped
     * @param blobs where pixels and trajectories go
     * @param options how much is under way at once; more than a batch, or batches do not fill
     * @param clock dates the images
     * @return the running stage
     */
    public static Stage<GenerationTask> start(
            StageRuntime runtime,
            String pool,
            ImageGenerator generator,
            BlobStore blobs,
            StageOptions options,
            Clock clock) {
        var stage = new GeneratorStage(runtime, generator, blobs, clock);
        var images =
                RecentOutputs.of(runtime.kafka(), runtime.topics().images(), Image::getId, REMEMBERED, REMEMBERED_IDS);
        return Stage.builder("generators." + pool, runtime.topics().tasks(), stage::handle)
                .options(options)
                .deadLetters(DeadLetterRules.sparingPrompt(GenerationTask::getPromptId))
                .skipping(images, GenerationTask::getId)
                .start(runtime);
    }

    private Future<Void> handle(Delivery<GenerationTask> delivery) {
        var task = delivery.record();
        if (!generator.names().contains(task.getGenerator())) {
            return Future.succeededFuture();
        }
        return generator
                .draw(task)
                .compose(drawing -> runtime.vertx().executeBlocking(() -> store(task, drawing), false))
                .compose(image -> runtime.publisher().publish(runtime.topics().images(), image.getPromptId(), image));
    }

    private Image store(GenerationTask task, Drawing drawing) throws IOException {
        var picture = drawing.image();
        return Image.newBuilder()
                .setId(task.getId())
                .setPromptId(task.getPromptId())
                .setPromptText(task.getPromptText())
                .setPurpose(task.getPurpose())
                .setGenerator(task.getGenerator())
                .setPolicyRelease(drawing.policyRelease())
                .setIndex(task.getIndex())
                .setGroupSize(task.getGroupSize())
                .setRolloutGroup(task.getRolloutGroup())
                .setSeed(task.getSeed())
                .setGuidanceScale(drawing.guidanceScale())
                .setSteps(drawing.steps())
                .setPixels(blobs.put(picture.bytes(), PngImage.MEDIA_TYPE))
                .setWidth(picture.width())
                .setHeight(picture.height())
                .setTrajectory(trajectory(drawing))
                .setCreatedAt(clock.instant().truncatedTo(ChronoUnit.MILLIS))
                .build();
    }

    private @Nullable BlobRef trajectory(Drawing drawing) throws IOException {
        var bytes = drawing.trajectory();
        return bytes == null ? null : blobs.put(bytes, SAFETENSORS);
    }
}
