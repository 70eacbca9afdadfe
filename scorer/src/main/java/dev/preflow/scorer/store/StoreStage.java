package dev.preflow.scorer.store;

import dev.preflow.schemas.Annotation;
import dev.preflow.schemas.Aspect;
import dev.preflow.schemas.Preference;
import dev.preflow.scorer.ScorerSettings;
import dev.preflow.stream.Batcher;
import dev.preflow.stream.Delivery;
import dev.preflow.stream.RetriableException;
import dev.preflow.stream.RetryPolicy;
import dev.preflow.stream.Stage;
import dev.preflow.stream.StageOptions;
import dev.preflow.stream.StageRuntime;
import dev.preflow.stream.config.Config;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings preferences and annotations from their topics into the store. An offset moves only when the Parquet file that holds
 * the record is durable; what is delivered again is there already and is skipped.
 */
public final class StoreStage {

    private static final Logger log = LoggerFactory.getLogger(StoreStage.class);
    private static final Duration COMPACTION_INTERVAL = Duration.ofSeconds(30);
    /** A disk that is full or away is no fault of a record: it is tried for hours before the record is given up. */
    private static final RetryPolicy PATIENT = new RetryPolicy(1_000, Duration.ofMillis(500), Duration.ofSeconds(30));

    private final PreferenceStore store;
    private final Consumer<List<Preference>> stored;
    private final MeterRegistry meters;
    private final Batcher<Preference, Boolean> preferenceWriter;
    private final Batcher<Annotation, Boolean> annotationWriter;
    private final Stage<Preference> preferences;
    private final Stage<Annotation> annotations;
    private final ScheduledExecutorService compaction;

    private StoreStage(StageRuntime runtime, PreferenceStore store, Config config, Consumer<List<Preference>> stored) {
        this.store = store;
        this.stored = stored;
        this.meters = runtime.meters();
        int batch = config.get(ScorerSettings.STORE_BATCH);
        var linger = config.get(ScorerSettings.STORE_LINGER);
        preferenceWriter = new Batcher<>("store-preferences", batch, linger, record -> "", this::writePreferences);
        annotationWriter = new Batcher<>("store-annotations", batch, linger, record -> "", this::writeAnnotations);
        // the next batch gathers while one is written
        var options = StageOptions.inFlight(2 * batch).withRetry(PATIENT);
        preferences = Stage.builder(
                        "store-preferences",
                        runtime.topics().preferences(),
                        (Delivery<Preference> delivery) -> write(preferenceWriter, delivery.record()))
                .options(options)
                .start(runtime);
        annotations = Stage.builder(
                        "store-annotations",
                        runtime.topics().annotations(),
                        (Delivery<Annotation> delivery) -> write(annotationWriter, delivery.record()))
                .options(options)
                .start(runtime);
        compaction = Executors.newSingleThreadScheduledExecutor(StoreStage::compactionThread);
        compaction.scheduleWithFixedDelay(
                () -> compact(config),
                COMPACTION_INTERVAL.toMillis(),
                COMPACTION_INTERVAL.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    /**
     * Starts storing.
     *
     * @param runtime what the stages of this process share
     * @param store where to; it stays open when the stage stops
     * @param config has {@link ScorerSettings}
     * @param stored hears of preferences that are new, after they are durable; called on the writer's thread
     * @return the running stage
     */
    public static StoreStage start(
            StageRuntime runtime, PreferenceStore store, Config config, Consumer<List<Preference>> stored) {
        return new StoreStage(runtime, store, config, stored);
    }

    /**
     * Stops: what is in flight is stored, nothing new is started.
     *
     * @return completes when all is durable and the offsets are committed
     */
    public Future<Void> stop() {
        return Future.join(preferences.stop(), annotations.stop())
                .<Void>mapEmpty()
                .eventually(() -> {
                    // nothing waits in the writers any more: every record in flight has ended
                    preferenceWriter.close();
                    annotationWriter.close();
                    compaction.shutdown();
                    return Future.succeededFuture();
                });
    }

    private static <T> Future<Void> write(Batcher<T, Boolean> writer, T record) {
        return writer.submit(record)
                .recover(failure -> Future.failedFuture(
                        failure instanceof StoreException
                                ? new RetriableException(failure.getMessage(), failure)
                                : failure))
                .mapEmpty();
    }

    private List<Boolean> writePreferences(List<Preference> batch) {
        var fresh = store.addPreferences(batch);
        fresh.forEach(preference -> count("preflow.store.preferences", "aspect", name(preference.getAspect()), 1));
        stored.accept(fresh);
        return Collections.nCopies(batch.size(), true);
    }

    private List<Boolean> writeAnnotations(List<Annotation> batch) {
        for (var annotation : store.addAnnotations(batch)) {
            count(
                    "preflow.store.ratings",
                    "annotator",
                    annotation.getAnnotator(),
                    annotation.getRatings().size());
            count("preflow.store.ties", "annotator", annotation.getAnnotator(), annotation.getTies());
        }
        return Collections.nCopies(batch.size(), true);
    }

    private void count(String name, String tag, String value, int amount) {
        Counter.builder(name).tag(tag, value).register(meters).increment(amount);
    }

    private static String name(@Nullable Aspect aspect) {
        return aspect == null ? "mean" : aspect.name();
    }

    private void compact(Config config) {
        try {
            store.compact(
                    config.get(ScorerSettings.STORE_COMPACT_FILES), config.get(ScorerSettings.STORE_COMPACT_SIZE));
        } catch (StoreException e) {
            log.warn("Small files of the store stay as they are until the next attempt", e);
        }
    }

    private static Thread compactionThread(Runnable task) {
        var thread = new Thread(task, "store-compaction");
        thread.setDaemon(true);
        return thread;
    }
}
