package dev.preflow.stream;

import dev.preflow.schemas.TopicSpec;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Publishes records. One idempotent producer, every in-sync replica acknowledges (acks=all), lz4. Safe to call from an event
 * loop: Kafka's {@code send} blocks while it waits for metadata or for room in its buffer, so it is called on a thread of its own.
 */
public final class Publisher implements AutoCloseable {

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    private final Producer<byte[], byte[]> producer;
    private final ExecutorService sender;

    /**
     * @param connection where to publish
     */
    public Publisher(KafkaConnection connection) {
        this.producer = connection.producer();
        this.sender = Executors.newSingleThreadExecutor(task -> {
            var thread = new Thread(task, "publisher");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Publishes a record. Records of one key keep the order in which they were published.
     *
     * @param topic where
     * @param key decides the partition
     * @param record what
     * @param <T> the record
     * @return completes when Kafka has acknowledged it, on the caller's Vert.x context when it has one; fails when the
     *     record cannot be encoded or Kafka has not taken it within its delivery timeout
     */
    public <T extends SpecificRecord> Future<Void> publish(TopicSpec<T> topic, String key, T record) {
        return publish(topic, key.getBytes(StandardCharsets.UTF_8), record);
    }

    <T extends SpecificRecord> Future<Void> publish(TopicSpec<T> topic, byte @Nullable [] key, T record) {
        var acknowledged = new ContextPromise<Void>();
        try {
            var message = new ProducerRecord<>(topic.name(), key, topic.codec().encode(record));
            sender.execute(() -> send(message, acknowledged));
        } catch (RejectedExecutionException e) {
            acknowledged.fail(
                    new IllegalStateException("The publisher is closed; " + topic.name() + " was not written", e));
        } catch (RuntimeException e) {
            acknowledged.fail(e);
        }
        return acknowledged.future();
    }

    private void send(ProducerRecord<byte[], byte[]> message, ContextPromise<Void> acknowledged) {
        try {
            producer.send(message, (metadata, failure) -> {
                if (failure == null) {
                    acknowledged.complete(null);
                } else {
                    acknowledged.fail(failure);
                }
            });
        } catch (RuntimeException e) {
            acknowledged.fail(e);
        }
    }

    /** Sends what waits, for at most 5 s, and closes the connection; what Kafka has not taken then fails. */
    @Override
    public void close() {
        sender.shutdown();
        try {
            if (!sender.awaitTermination(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                sender.shutdownNow();
            }
        } catch (InterruptedException e) {
            sender.shutdownNow();
            Thread.currentThread().interrupt();
        }
        producer.close(CLOSE_LIMIT);
    }
}
