package dev.preflow.stream;

import dev.preflow.schemas.TopicSpec;
import dev.preflow.stream.observe.Health;
import dev.preflow.stream.observe.StageMetrics;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stage: a consumer group member that hands each record of a topic to a handler, at least once.
 *
 * <p>Work in flight is bounded, and polling pauses when it is full. Records end out of order; the committed offset is the one
 * below which all of them have ended. A handler's future completes when its results are acknowledged, so the offset never
 * moves before they are. Failures are tried again or become dead letters, which are acknowledged too before the offset moves.
 * Stopping drains. When Kafka goes away the stage waits for it, as it does for what else refuses everything
 * ({@link OutageException}).
 *
 * @param <T> the record consumed
 */
public final class Stage<T extends SpecificRecord> {

    private static final Logger log = LoggerFactory.getLogger(Stage.class);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);
    private static final Duration RESTART_DELAY = Duration.ofSeconds(2);

    private final String name;
    private final TopicSpec<T> topic;
    private final StageRuntime runtime;
    private final StageHandler<T> handler;
    private final StageOptions options;
    private final DeadLetters<T> deadLetters;
    private final @Nullable OutputGuard<T> guard;
    private final StageMetrics metrics;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Promise<Void> stopped = Promise.promise();
    private final Thread thread;
    private volatile Set<TopicPartition> assigned = Set.of();
    private volatile Optional<Throwable> outage = Optional.empty();
    private volatile Health.Status status = Health.Status.bad("has no partitions yet");

    private Stage(Builder<T> builder, StageRuntime runtime) {
        this.name = builder.name;
        this.topic = builder.topic;
        this.handler = builder.handler;
        this.options = builder.options;
        this.guard = builder.guard;
        this.runtime = runtime;
        this.deadLetters = new DeadLetters<>(name, runtime.topics().deadLetters(), runtime.publisher(), builder.rules);
        this.metrics = new StageMetrics(runtime.meters(), name);
        this.thread = new Thread(this::run, "stage-" + name);
        this.thread.setDaemon(true);
    }

    /**
     * Describes a stage.
     *
     * @param name its name, in metrics, dead letters and the consumer group ({@code preflow.<name>})
     * @param topic what it consumes
     * @param handler what it does with a record
     * @param <T> the record
     * @return a builder with 16 records in flight and dead letters that spare their prompt
     */
    public static <T extends SpecificRecord> Builder<T> builder(
            String name, TopicSpec<T> topic, StageHandler<T> handler) {
        return new Builder<>(name, topic, handler);
    }

    /**
     * The stage's name.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * The partitions that this member works on now.
     *
     * @return a snapshot
     */
    public Set<TopicPartition> assignment() {
        return assigned;
    }

    /**
     * Stops: nothing new is started, what runs may end within the drain limit, the offsets are committed, the group is left.
     *
     * @return completes when all of that is over
     */
    public Future<Void> stop() {
        stopping.countDown();
        return stopped.future();
    }

    private void start() {
        runtime.health()
                .live(
                        name,
                        () -> thread.isAlive() || stopping()
                                ? Health.Status.good("runs")
                                : Health.Status.bad("its thread has ended"));
        runtime.health().ready(name, () -> outage.map(this::waits).orElse(status));
        thread.start();
    }

    private void outage(Optional<Throwable> cause) {
        outage = cause;
    }

    private Health.Status waits(Throwable cause) {
        return Health.Status.bad("waits for what it needs: " + cause.getMessage());
    }

    private boolean stopping() {
        return stopping.getCount() == 0;
    }

    private void run() {
        try {
            // asked for on this thread, so that every stage has an event loop context of its own
            var context = runtime.vertx().getOrCreateContext();
            while (!stopping()) {
                consume(context);
            }
            stopped.complete();
        } catch (RuntimeException | Error e) {
            log.error("Stage {} has ended by a fault", name, e);
            status = Health.Status.bad(e.toString());
            stopped.fail(e);
        }
    }

    private void consume(Context context) {
        // what a consumer that was lost has left under way ends with it, and is not counted as the next one's
        var ended = new LinkedBlockingQueue<InFlight>();
        var runner = new RecordRunner<>(
                name,
                context,
                topic.codec(),
                handler,
                options.retry(),
                deadLetters,
                guard,
                metrics,
                ended::add,
                this::outage);
        var group = runtime.topics().prefix() + name;
        try {
            var consumer = runtime.kafka().groupConsumer(group, options);
            try {
                new StageLoop(name, consumer, options, metrics, ended, runner::start, this::assigned)
                        .run(topic.name(), this::stopping);
            } finally {
                assigned = Set.of();
                consumer.close(CloseOptions.timeout(CLOSE_LIMIT));
            }
        } catch (KafkaException e) {
            log.error("Stage {} has lost Kafka; it comes back in {}", name, RESTART_DELAY, e);
            status = Health.Status.bad(e.toString());
            awaitStop(RESTART_DELAY);
        }
    }

    private void assigned(Set<TopicPartition> partitions) {
        boolean more = !assigned.containsAll(partitions);
        if (more && guard != null) {
            reload(guard);
        }
        assigned = partitions;
        outage = Optional.empty();
        status = Health.Status.good(partitions.size() + " partitions");
    }

    /** Partitions may come from a member that was killed: what it published last is on the output topic only. */
    private void reload(OutputGuard<T> outputs) {
        try {
            outputs.reload();
        } catch (IOException e) {
            // it is a saving, not the guarantee: without it some work is done twice, and its ids make that harmless
            log.warn("Stage {} knows only some of its recent outputs", name, e);
        }
    }

    private void awaitStop(Duration limit) {
        try {
            stopping.await(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            stopping.countDown();
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Describes a stage.
     *
     * @param <T> the record consumed
     */
    public static final class Builder<T extends SpecificRecord> {

        private static final int DEFAULT_IN_FLIGHT = 16;

        private final String name;
        private final TopicSpec<T> topic;
        private final StageHandler<T> handler;
        private StageOptions options = StageOptions.inFlight(DEFAULT_IN_FLIGHT);
        private DeadLetterRules<T> rules = DeadLetterRules.sparingPrompt(record -> null);
        private @Nullable OutputGuard<T> guard;

        private Builder(String name, TopicSpec<T> topic, StageHandler<T> handler) {
            this.name = name;
            this.topic = topic;
            this.handler = handler;
        }

        /**
         * Sets how much and how patiently it works.
         *
         * @param value the options
         * @return this
         */
        public Builder<T> options(StageOptions value) {
            options = value;
            return this;
        }

        /**
         * Sets what its dead letters say about prompts.
         *
         * @param value the rules
         * @return this
         */
        public Builder<T> deadLetters(DeadLetterRules<T> value) {
            rules = value;
            return this;
        }

        /**
         * Skips records whose output is there already. Whoever gets partitions first reads the tail of the output topic.
         *
         * @param outputs the stage's outputs; of several outputs for a record, the one that is published last
         * @param outputId the id that the output of a record will have
         * @return this
         */
        public Builder<T> skipping(RecentOutputs outputs, Function<T, String> outputId) {
            guard = new OutputGuard<>(outputs, outputId);
            return this;
        }

        /**
         * Starts the stage.
         *
         * @param runtime what the stages of this process share
         * @return the running stage
         */
        public Stage<T> start(StageRuntime runtime) {
            var stage = new Stage<>(this, runtime);
            stage.start();
            return stage;
        }
    }
}
