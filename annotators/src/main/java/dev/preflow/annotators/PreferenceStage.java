package dev.preflow.annotators;

import dev.preflow.annotators.preference.Comparisons;
import dev.preflow.schemas.Annotation;
import dev.preflow.schemas.Preference;
import dev.preflow.stream.DeadLetterRules;
import dev.preflow.stream.Delivery;
import dev.preflow.stream.RecentOutputs;
import dev.preflow.stream.Stage;
import dev.preflow.stream.StageOptions;
import dev.preflow.stream.StageRuntime;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;

/**
 * Derives preferences: consumes {@code annotations} and publishes {@code preferences}. They follow from the annotation as it
 * lies on its topic, not from the judge's words in memory: whatever is repeated after a crash, the same preferences come out,
 * and they never contradict the annotation.
 */
public final class PreferenceStage {

    /** Name of the stage. */
    public static final String NAME = "preferences";

    private static final int IN_FLIGHT = 32;
    private static final Duration TAIL = Duration.ofMinutes(10);
    private static final int TAIL_CAPACITY = 100_000;

    private final StageRuntime runtime;
    private final AnnotatorMetrics metrics;
    private final RecentOutputs outputs;
    private final Stage<Annotation> stage;

    private PreferenceStage(StageRuntime runtime) {
        this.runtime = runtime;
        this.metrics = new AnnotatorMetrics(runtime.meters());
        this.outputs = RecentOutputs.of(
                runtime.kafka(), runtime.topics().preferences(), Preference::getId, TAIL, TAIL_CAPACITY);
        this.stage = Stage.builder(NAME, runtime.topics().annotations(), this::handle)
                .options(StageOptions.inFlight(IN_FLIGHT))
                // the prompt is judged: its annotation is there
                .deadLetters(DeadLetterRules.sparingPrompt(Annotation::getPromptId))
                .skipping(outputs, PreferenceStage::lastOutput)
                .start(runtime);
    }

    /**
     * Starts the stage.
     *
     * @param runtime what the stages of this process share
     * @return the running stage
     */
    public static PreferenceStage start(StageRuntime runtime) {
        return new PreferenceStage(runtime);
    }

    /**
     * Stops the stage.
     *
     * @return completes when what was in flight is finished or released
     */
    public Future<Void> stop() {
        return stage.stop();
    }

    private Future<Void> handle(Delivery<Annotation> delivery) {
        var annotation = delivery.record();
        var preferences = Comparisons.preferences(annotation);
        if (preferences.isEmpty()) {
            metrics.compared(annotation);
            return Future.succeededFuture();
        }
        int last = preferences.size() - 1;
        List<Future<Void>> first =
                preferences.subList(0, last).stream().map(this::publish).toList();
        return Future.all(first)
                .compose(done -> publish(preferences.get(last)))
                .onSuccess(done -> metrics.compared(annotation));
    }

    /** Publishes what a crash between two preferences has not left on the topic already. */
    private Future<Void> publish(Preference preference) {
        return outputs.contains(preference.getId())
                ? Future.succeededFuture()
                : runtime.publisher()
                        .publish(runtime.topics().preferences(), preference.getPromptId(), preference)
                        .onSuccess(published -> outputs.add(preference.getId()));
    }

    /** The last preference to be published; an annotation that gives none has no output. */
    private static String lastOutput(Annotation annotation) {
        var preferences = Comparisons.preferences(annotation);
        return preferences.isEmpty()
                ? annotation.getId()
                : preferences.get(preferences.size() - 1).getId();
    }
}
