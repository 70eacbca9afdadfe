package dev.preflow.annotators;

import dev.preflow.annotators.judge.JudgeClient;
import dev.preflow.annotators.judgement.GroupJudge;
import dev.preflow.schemas.Annotation;
import dev.preflow.schemas.Ids;
import dev.preflow.schemas.ImageGroup;
import dev.preflow.schemas.Rollouts;
import dev.preflow.stream.DeadLetterRules;
import dev.preflow.stream.Delivery;
import dev.preflow.stream.NonRetriableException;
import dev.preflow.stream.RecentOutputs;
import dev.preflow.stream.Stage;
import dev.preflow.stream.StageRuntime;
import dev.preflow.stream.blob.BlobStore;
import dev.preflow.stream.config.Config;
import io.vertx.core.Future;
import java.time.Duration;

/**
 * Judges groups: consumes {@code groups}, asks the multimodal LLM, and publishes {@code annotations}. A group in which nothing
 * is rated ends its prompt with a dead letter. An annotation that is on its topic already is not made, and paid, again.
 */
public final class AnnotatorStage {

    /** Name of the stage. */
    public static final String NAME = "annotator";

    private static final Duration TAIL = Duration.ofHours(1);
    private static final int TAIL_CAPACITY = 50_000;

    private final StageRuntime runtime;
    private final GroupJudge judge;
    private final JudgeClient client;
    private final AnnotatorMetrics metrics;
    private final int maxAttempts;
    private final Stage<ImageGroup> stage;

    private AnnotatorStage(StageRuntime runtime, BlobStore blobs, Config config) {
        var judging = AnnotatorSettings.judging(config);
        var options = AnnotatorSettings.stage(config);
        this.runtime = runtime;
        this.client = new JudgeClient(runtime.vertx(), AnnotatorSettings.judge(config), runtime.meters());
        this.judge = new GroupJudge(runtime.vertx(), blobs, client, judging);
        this.metrics = new AnnotatorMetrics(runtime.meters());
        this.maxAttempts = options.retry().maxAttempts();
        var outputs = RecentOutputs.of(
                runtime.kafka(), runtime.topics().annotations(), Annotation::getId, TAIL, TAIL_CAPACITY);
        this.stage = Stage.builder(NAME, runtime.topics().groups(), this::handle)
                .options(options)
                .deadLetters(
                        new DeadLetterRules<>(ImageGroup::getPromptId, group -> !Rollouts.are(group.getImages()), true))
                .skipping(outputs, group -> Ids.annotationId(group.getId(), judging.annotator()))
                .start(runtime);
    }

    /**
     * Starts the stage.
     *
     * @param runtime what the stages of this process share
     * @param blobs holds the pixels
     * @param config has {@link AnnotatorSettings}
     * @return the running stage
     */
    public static AnnotatorStage start(StageRuntime runtime, BlobStore blobs, Config config) {
        return new AnnotatorStage(runtime, blobs, config);
    }

    /**
     * Stops the stage.
     *
     * @return completes when what was in flight is finished or released
     */
    public Future<Void> stop() {
        return stage.stop().onComplete(done -> client.close());
    }

    private Future<Void> handle(Delivery<ImageGroup> delivery) {
        var group = delivery.record();
        return judge.judge(group, delivery.attempt() >= maxAttempts)
                .compose(annotation -> runtime.publisher()
                        .publish(runtime.topics().annotations(), annotation.getPromptId(), annotation)
                        .onSuccess(published -> {
                            metrics.annotated(annotation);
                            judge.finished(group.getId());
                        }))
                .onFailure(failure -> {
                    if (failure instanceof NonRetriableException) {
                        judge.finished(group.getId());
                    }
                });
    }
}
