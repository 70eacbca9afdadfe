package dev.preflow.stream;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/** Where a {@link TopicReader} starts. */
public final class TopicStart {

    private final Resolver resolver;

    private TopicStart(Resolver resolver) {
        this.resolver = resolver;
    }

    /**
     * With all that is there.
     *
     * @return the start
     */
    public static TopicStart beginning() {
        return new TopicStart((consumer, partitions) -> consumer.beginningOffsets(partitions));
    }

    /**
     * With what comes.
     *
     * @return the start
     */
    public static TopicStart end() {
        return new TopicStart((consumer, partitions) -> consumer.endOffsets(partitions));
    }

    /**
     * With the newest records.
     *
     * @param records how many of each partition
     * @return the start
     */
    public static TopicStart last(long records) {
        return new TopicStart((consumer, partitions) -> {
            var first = consumer.beginningOffsets(partitions);
            var offsets = new HashMap<>(consumer.endOffsets(partitions));
            offsets.replaceAll((partition, end) -> Math.max(first.get(partition), end - records));
            return offsets;
        });
    }

    /**
     * With the records written since some time.
     *
     * @param time the time
     * @return the start
     */
    public static TopicStart since(Instant time) {
        return new TopicStart((consumer, partitions) -> {
            var offsets = new HashMap<>(consumer.endOffsets(partitions));
            var times = new HashMap<TopicPartition, Long>();
            partitions.forEach(partition -> times.put(partition, time.toEpochMilli()));
            consumer.offsetsForTimes(times).forEach((partition, found) -> {
                if (found != null) {
                    offsets.put(partition, found.offset());
                }
            });
            return offsets;
        });
    }

    /**
     * At given offsets; what is not there any more is passed over, and partitions that are not named start at the beginning.
     *
     * @param offsets the first offset to read, by partition number
     * @return the start
     */
    public static TopicStart at(Map<Integer, Long> offsets) {
        var copy = Map.copyOf(offsets);
        return new TopicStart((consumer, partitions) -> {
            var first = new HashMap<>(consumer.beginningOffsets(partitions));
            first.replaceAll((partition, offset) -> Math.max(offset, copy.getOrDefault(partition.partition(), offset)));
            return first;
        });
    }

    Map<TopicPartition, Long> resolve(Consumer<byte[], byte[]> consumer, Set<TopicPartition> partitions) {
        return resolver.resolve(consumer, partitions);
    }

    private interface Resolver {
        Map<TopicPartition, Long> resolve(Consumer<byte[], byte[]> consumer, Set<TopicPartition> partitions);
    }
}
