package dev.preflow.schemas;

import java.time.Duration;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;

/**
 * One topic.
 *
 * @param name the full name, prefix included
 * @param codec turns its records into bytes and back
 * @param partitions number of partitions, from 1
 * @param retention how long a record is kept; for a compacted topic, how long a record that was replaced is kept at least
 * @param compacted whether only the last record of each key must be kept
 * @param <T> the record
 */
public record TopicSpec<T extends SpecificRecord>(
        String name, Codec<T> codec, int partitions, Duration retention, boolean compacted) {

    /** Checks the ranges. */
    public TopicSpec {
        if (name.isBlank()) {
            throw new IllegalArgumentException("A topic needs a name");
        }
        if (partitions < 1) {
            throw new IllegalArgumentException("Topic " + name + " needs at least 1 partition, not " + partitions);
        }
    }

    /**
     * Kafka's configuration of the topic.
     *
     * @return names and values as Kafka's admin client takes them
     */
    public Map<String, String> config() {
        var millis = Long.toString(retention.toMillis());
        return compacted
                ? Map.of("cleanup.policy", "compact", "min.compaction.lag.ms", millis)
                : Map.of("cleanup.policy", "delete", "retention.ms", millis);
    }
}
