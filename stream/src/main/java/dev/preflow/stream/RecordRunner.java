package dev.preflow.stream;

import dev.preflow.schemas.Codec;
import dev.preflow.schemas.UndecodableException;
import dev.preflow.stream.InFlight.State;
import dev.preflow.stream.observe.StageMetrics;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Takes one record from its bytes to its end: decoded, handled, tried again, or dead-lettered. Runs on a Vert.x context. */
final class RecordRunner<T extends SpecificRecord> {

    private static final Logger log = LoggerFactory.getLogger(RecordRunner.class);

    private final String stage;
    private final Context context;
    private final Codec<T> codec;
    private final StageHandler<T> handler;
    private final RetryPolicy retry;
    private final DeadLetters<T> deadLetters;
    private final @Nullable OutputGuard<T> guard;
    private final StageMetrics metrics;
    private final Consumer<InFlight> ended;
    private final Consumer<Optional<Throwable>> outages;

    /**
     * @param ended hears of a record that is done or released
     * @param outages hears of an outage, and of nothing when a record was handled
     */
    RecordRunner(
            String stage,
            Context context,
            Codec<T> codec,
            StageHandler<T> handler,
            RetryPolicy retry,
            DeadLetters<T> deadLetters,
            @Nullable OutputGuard<T> guard,
            StageMetrics metrics,
            Consumer<InFlight> ended,
            Consumer<Optional<Throwable>> outages) {
        this.stage = stage;
        this.context = context;
        this.codec = codec;
        this.handler = handler;
        this.retry = retry;
        this.deadLetters = deadLetters;
        this.guard = guard;
        this.metrics = metrics;
        this.ended = ended;
        this.outages = outages;
    }

    /** Starts a record that is queued; {@code ended} hears of it once, when it is done or released. */
    void start(InFlight item) {
        item.move(State.QUEUED, State.RUNNING);
        context.runOnContext(ignored -> begin(item));
    }

    private void begin(InFlight item) {
        if (item.partition().released()) {
            end(item, State.RELEASED);
            return;
        }
        metrics.in();
        var raw = item.raw();
        T record;
        try {
            record = codec.decode(raw.value());
        } catch (UndecodableException e) {
            giveUp(item, null, 1, new Failure(Failure.Kind.FINAL, Failure.UNDECODABLE, e));
            return;
        }
        var key = raw.key() == null ? null : new String(raw.key(), StandardCharsets.UTF_8);
        attempt(
                item,
                System.nanoTime(),
                new Delivery<>(
                        record,
                        key,
                        raw.topic(),
                        raw.partition(),
                        raw.offset(),
                        Instant.ofEpochMilli(raw.timestamp()),
                        1));
    }

    private void attempt(InFlight item, long startNanos, Delivery<T> delivery) {
        Future<Void> result;
        try {
            if (guard != null && guard.alreadyDone(delivery.record())) {
                metrics.skipped();
                end(item, State.DONE);
                return;
            }
            result = Objects.requireNonNull(handler.handle(delivery), "The handler returned no future");
        } catch (Throwable e) {
            // whatever escapes here would leave the record unfinished, and its partition stuck, for good
            result = Future.failedFuture(e);
        }
        result.onComplete(outcome -> onContext(() -> attempted(item, startNanos, delivery, outcome)));
    }

    private void attempted(InFlight item, long startNanos, Delivery<T> delivery, AsyncResult<Void> outcome) {
        if (outcome.succeeded()) {
            outages.accept(Optional.empty());
            if (guard != null) {
                guard.done(delivery.record());
            }
            metrics.out(Duration.ofNanos(System.nanoTime() - startNanos));
            end(item, State.DONE);
            return;
        }
        var failure = Failure.of(outcome.cause());
        boolean exhausted = failure.kind() == Failure.Kind.RETRIABLE && delivery.attempt() >= retry.maxAttempts();
        if (failure.kind() == Failure.Kind.FINAL || exhausted) {
            giveUp(item, delivery.record(), delivery.attempt(), failure);
        } else {
            tryAgain(item, startNanos, delivery, failure);
        }
    }

    private void tryAgain(InFlight item, long startNanos, Delivery<T> delivery, Failure failure) {
        // an outage is not held against the record: it counts no attempt, and lasts
        boolean outage = failure.kind() == Failure.Kind.OUTAGE;
        if (outage) {
            outages.accept(Optional.of(failure.cause()));
        }
        var next = outage ? delivery : delivery.nextAttempt();
        var delay = retry.backoff(outage ? Integer.MAX_VALUE : delivery.attempt(), ThreadLocalRandom.current())
                .plus(failure.retryAfter().orElse(Duration.ZERO));
        item.move(State.RUNNING, State.WAITING);
        // looked at after the move: whoever releases the partition after this line finds the record waiting
        if (item.partition().released()) {
            if (item.move(State.WAITING, State.RELEASED)) {
                ended.accept(item);
            }
            return;
        }
        log.atLevel(outage ? Level.WARN : Level.INFO)
                .log(
                        "{}: attempt {} at {} failed, again in {}: {}",
                        stage,
                        delivery.attempt(),
                        position(item),
                        delay,
                        failure.cause().toString());
        metrics.retry();
        context.owner()
                .setTimer(
                        Math.max(1, delay.toMillis()),
                        ignored -> onContext(() -> {
                            if (item.move(State.WAITING, State.RUNNING)) {
                                attempt(item, startNanos, next);
                            }
                        }));
    }

    private void giveUp(InFlight item, @Nullable T record, int attempts, Failure failure) {
        Future<Void> published;
        try {
            published = deadLetters.publish(item.raw(), record, attempts, failure);
        } catch (RuntimeException e) {
            published = Future.failedFuture(e);
        }
        published.onComplete(outcome -> onContext(() -> {
            if (outcome.succeeded()) {
                metrics.deadLetter(failure.reason());
                log.warn(
                        "{}: gave up {} after {} attempts, {}: {}",
                        stage,
                        position(item),
                        attempts,
                        failure.reason(),
                        failure.cause().toString());
                end(item, State.DONE);
            } else if (item.partition().released()) {
                end(item, State.RELEASED);
            } else {
                // without its dead letter the record would be lost: the offset waits until Kafka takes it
                log.error(
                        "{}: cannot publish the dead letter of {}, trying on", stage, position(item), outcome.cause());
                context.owner()
                        .setTimer(
                                retry.max().toMillis() + 1,
                                ignored -> onContext(() -> giveUp(item, record, attempts, failure)));
            }
        }));
    }

    private void end(InFlight item, State state) {
        item.move(State.RUNNING, state);
        ended.accept(item);
    }

    private void onContext(Runnable action) {
        if (Vertx.currentContext() == context) {
            action.run();
        } else {
            context.runOnContext(ignored -> action.run());
        }
    }

    private static String position(InFlight item) {
        ConsumerRecord<byte[], byte[]> raw = item.raw();
        return raw.topic() + "-" + raw.partition() + "@" + raw.offset();
    }
}
