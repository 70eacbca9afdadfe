package dev.preflow.stream;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One record as it is handed to a handler.
 *
 * @param record the decoded record
 * @param key its key; null when it has none
 * @param topic the topic it lies on, prefix included
 * @param partition its partition
 * @param offset its offset
 * @param timestamp when it was written
 * @param attempt which attempt this is, from 1
 * @param <T> the record
 */
public record Delivery<T>(
        T record, @Nullable String key, String topic, int partition, long offset, Instant timestamp, int attempt) {

    Delivery<T> nextAttempt() {
        return new Delivery<>(record, key, topic, partition, offset, timestamp, attempt + 1);
    }
}
