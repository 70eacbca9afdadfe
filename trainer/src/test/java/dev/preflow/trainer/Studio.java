package dev.preflow.trainer;

import ai.djl.ndarray.NDManager;
import dev.preflow.models.pipeline.DiffusionPipeline;
import dev.preflow.models.pipeline.GenerationRequest;
import dev.preflow.models.pipeline.Trajectory;
import dev.preflow.models.pipeline.TrajectoryFile;
import dev.preflow.models.tensor.Torch;
import dev.preflow.schemas.GenerationTask;
import dev.preflow.schemas.Release;
import dev.preflow.schemas.ReleaseKind;
import dev.preflow.schemas.Rollout;
import dev.preflow.stream.Stage;
import dev.preflow.stream.StageOptions;
import dev.preflow.stream.StageRuntime;
import dev.preflow.stream.TopicReader;
import dev.preflow.stream.TopicStart;
import dev.preflow.stream.blob.BlobStore;
import dev.preflow.stream.blob.ReleaseFiles;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Generator and scorer in one: draws the tasks with the release that they name, and publishes rollouts. */
final class Studio implements AutoCloseable {
    static final String REWARD_RELEASE = "reward-1";

    private final StageRuntime runtime;
    private final BlobStore blobs;
    private final ReleaseFiles files;
    private final NDManager manager = Torch.newManager();
    private final Map<String, Release> releases = new ConcurrentHashMap<>();
    private final Map<String, DiffusionPipeline> pipelines = new ConcurrentHashMap<>();
    private final TopicReader<Release> reader;
    private final Stage<GenerationTask> stage;
    private final float honesty;

    /** @param honesty added to the log-probabilities: 0 tells the truth */
    Studio(StageRuntime runtime, BlobStore blobs, Path cache, float honesty) throws IOException {
        this.runtime = runtime;
        this.blobs = blobs;
        this.honesty = honesty;
        files = new ReleaseFiles(blobs, cache, Clock.systemUTC());
        reader = TopicReader.start(runtime.kafka(), runtime.topics().releases(), TopicStart.beginning(), delivery -> {
            if (delivery.record().getKind() == ReleaseKind.POLICY) {
                releases.put(delivery.record().getId(), delivery.record());
            }
        });
        stage = Stage.builder("studio", runtime.topics().tasks(), delivery -> handle(delivery.record()))
                .options(StageOptions.inFlight(8))
                .start(runtime);
    }

    private Future<Void> handle(GenerationTask task) {
        return runtime.vertx().executeBlocking(() -> draw(task)).compose(rollout -> runtime.publisher()
                .publish(runtime.topics().rollouts(), task.getPromptId(), rollout));
    }

    /** Draws a task, as a generator would, and rewards it. */
    Rollout draw(GenerationTask task) throws IOException {
        Release release = releases.get(task.getPolicyRelease());
        if (release == null) {
            throw new IOException("release " + task.getPolicyRelease() + " has not been seen yet");
        }
        DiffusionPipeline pipeline = pipelines.computeIfAbsent(release.getId(), id -> load(release));
        GenerationRequest request = new GenerationRequest(
                task.getPromptText(),
                "",
                task.getSeed(),
                task.getGuidanceScale(),
                task.getSteps(),
                task.getStochasticSteps(),
                task.getEta());
        Trajectory trajectory = Objects.requireNonNull(
                pipeline.generate(List.of(request), true).get(0).trajectory());
        for (int i = 0; i < trajectory.logProbabilities().length; i++) {
            trajectory.logProbabilities()[i] += honesty;
        }
        return Rollouts.of(
                task,
                blobs.put(TrajectoryFile.encode(trajectory, manager), "application/octet-stream"),
                TinyPolicy.reward(trajectory),
                REWARD_RELEASE);
    }

    private DiffusionPipeline load(Release release) {
        try {
            return DiffusionPipeline.load(files.unpack(release), release.getId(), manager);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws Exception {
        stage.stop().await(30, TimeUnit.SECONDS);
        reader.close();
        pipelines.values().forEach(DiffusionPipeline::close);
        manager.close();
    }
}
