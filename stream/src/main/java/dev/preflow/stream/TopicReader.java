package dev.preflow.stream;

import dev.preflow.schemas.TopicSpec;
import dev.preflow.schemas.UndecodableException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads every partition of a topic, without a group: every reader sees every record, as all processes must see a release. It
 * reads what is there, says when it has caught up, and follows. The handler is called on the reader's thread, in order within
 * a partition; it may block. When Kafka goes away the reader waits and goes on where it was.
 *
 * @param <T> the record
 */
public final class TopicReader<T extends SpecificRecord> implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(TopicReader.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration RESTART_DELAY = Duration.ofSeconds(2);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    private final KafkaConnection connection;
    private final TopicSpec<T> topic;
    private final TopicStart start;
    private final Consumer<Delivery<T>> handler;
    private final Consumer<Skipped> onSkipped;
    private final AtomicLong skipped = new AtomicLong();
    private final Promise<Void> caughtUp = Promise.promise();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Map<TopicPartition, Long> next = new HashMap<>();
    private final Thread thread;
    private volatile org.apache.kafka.clients.consumer.@Nullable Consumer<byte[], byte[]> current;

    private TopicReader(
            KafkaConnection connection,
            TopicSpec<T> topic,
            TopicStart start,
            Consumer<Delivery<T>> handler,
            Consumer<Skipped> onSkipped) {
        this.connection = connection;
        this.topic = topic;
        this.start = start;
        this.handler = handler;
        this.onSkipped = onSkipped;
        this.thread = new Thread(this::run, "reader-" + topic.name());
        this.thread.setDaemon(true);
    }

    /**
     * Starts reading; records that are skipped are logged.
     *
     * @param connection where the topic is
     * @param topic the topic
     * @param start where to start
     * @param handler gets the records
     * @param <T> the record
     * @return the running reader
     */
    public static <T extends SpecificRecord> TopicReader<T> start(
            KafkaConnection connection, TopicSpec<T> topic, TopicStart start, Consumer<Delivery<T>> handler) {
        return start(connection, topic, start, handler, TopicReader::logSkipped);
    }

    /**
     * Starts reading.
     *
     * @param connection where the topic is
     * @param topic the topic
     * @param start where to start
     * @param handler gets the records
     * @param onSkipped hears of records that cannot be decoded or whose handler threw; reading goes on after them
     * @param <T> the record
     * @return the running reader
     */
    public static <T extends SpecificRecord> TopicReader<T> start(
            KafkaConnection connection,
            TopicSpec<T> topic,
            TopicStart start,
            Consumer<Delivery<T>> handler,
            Consumer<Skipped> onSkipped) {
        var reader = new TopicReader<>(connection, topic, start, handler, onSkipped);
        reader.thread.start();
        return reader;
    }

    /**
     * Completes when everything that was on the topic when the reader started has been handled.
     *
     * @return the future; it fails when the reader is closed before
     */
    public Future<Void> caughtUp() {
        return caughtUp.future();
    }

    /**
     * How many records were skipped.
     *
     * @return the count since the start
     */
    public long skipped() {
        return skipped.get();
    }

    /** Stops after the record at hand and waits for that, unless called by the handler itself. */
    @Override
    public void close() {
        stopping.countDown();
        var consumer = current;
        if (consumer != null) {
            consumer.wakeup();
        }
        if (Thread.currentThread() == thread) {
            return;
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!stopping()) {
            try {
                read();
            } catch (WakeupException e) {
                log.debug("The reader of {} was woken up to stop", topic.name());
            } catch (KafkaException e) {
                log.error("The reader of {} has lost Kafka; it comes back in {}", topic.name(), RESTART_DELAY, e);
                awaitStop();
            }
        }
        caughtUp.tryFail(new IllegalStateException("The reader of " + topic.name() + " was closed"));
    }

    private void read() {
        // fails when a name of the bootstrap servers does not resolve
        var consumer = connection.consumer();
        current = consumer;
        try {
            read(consumer);
        } finally {
            // it would wait 30 s unless told otherwise
            consumer.close(CloseOptions.timeout(CLOSE_LIMIT));
        }
    }

    private void read(org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer) {
        if (stopping()) {
            return;
        }
        Set<TopicPartition> partitions = consumer.partitionsFor(topic.name()).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .collect(Collectors.toSet());
        consumer.assign(partitions);
        if (next.isEmpty()) {
            next.putAll(start.resolve(consumer, partitions));
        }
        next.forEach(consumer::seek);
        var ends = consumer.endOffsets(partitions);
        while (!stopping()) {
            if (!caughtUp.future().isComplete()
                    && partitions.stream().allMatch(at -> consumer.position(at) >= ends.get(at))) {
                caughtUp.complete();
            }
            for (var raw : consumer.poll(POLL)) {
                if (stopping()) {
                    return;
                }
                handle(raw);
                next.put(new TopicPartition(raw.topic(), raw.partition()), raw.offset() + 1);
            }
        }
    }

    private void handle(ConsumerRecord<byte[], byte[]> raw) {
        try {
            var key = raw.key() == null ? null : new String(raw.key(), StandardCharsets.UTF_8);
            handler.accept(new Delivery<>(
                    topic.codec().decode(raw.value()),
                    key,
                    raw.topic(),
                    raw.partition(),
                    raw.offset(),
                    Instant.ofEpochMilli(raw.timestamp()),
                    1));
        } catch (UndecodableException | RuntimeException e) {
            skipped.incrementAndGet();
            onSkipped.accept(new Skipped(raw.topic(), raw.partition(), raw.offset(), e));
        }
    }

    private boolean stopping() {
        return stopping.getCount() == 0;
    }

    private void awaitStop() {
        try {
            stopping.await(RESTART_DELAY.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            stopping.countDown();
            Thread.currentThread().interrupt();
        }
    }

    private static void logSkipped(Skipped skipped) {
        log.warn("Skipping {}-{}@{}", skipped.topic(), skipped.partition(), skipped.offset(), skipped.cause());
    }

    /**
     * A record that was skipped.
     *
     * @param topic where it lies
     * @param partition its partition
     * @param offset its offset
     * @param cause why
     */
    public record Skipped(String topic, int partition, long offset, Exception cause) {}
}
