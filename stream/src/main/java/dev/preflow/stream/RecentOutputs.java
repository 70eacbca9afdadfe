package dev.preflow.stream;

import dev.preflow.schemas.TopicSpec;
import dev.preflow.schemas.UndecodableException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers the ids on the tail of an output topic. A stage that was killed between publishing and moving its offset gets the
 * record again; it asks here before it repeats costly work. It is a saving, not the guarantee: that is in the ids. Thread-safe.
 */
public final class RecentOutputs {

    private static final Logger log = LoggerFactory.getLogger(RecentOutputs.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final KafkaConnection connection;
    private final TopicSpec<?> topic;
    private final Function<byte[], Optional<String>> idOf;
    private final Duration tail;
    private final Set<String> ids;

    private RecentOutputs(
            KafkaConnection connection,
            TopicSpec<?> topic,
            Function<byte[], Optional<String>> idOf,
            Duration tail,
            int capacity) {
        this.connection = connection;
        this.topic = topic;
        this.idOf = idOf;
        this.tail = tail;
        this.ids = Collections.synchronizedSet(Collections.newSetFromMap(new BoundedMap(capacity)));
    }

    /**
     * The outputs of a topic.
     *
     * @param connection where the topic is
     * @param topic the topic that the stage publishes to, last of all that it does for a record
     * @param idOf the id of an output
     * @param tail how far back {@link #load} reads
     * @param capacity ids remembered; the oldest are forgotten first
     * @param <O> the output
     * @return nothing remembered yet; the stage loads it
     */
    public static <O extends SpecificRecord> RecentOutputs of(
            KafkaConnection connection, TopicSpec<O> topic, Function<O, String> idOf, Duration tail, int capacity) {
        Function<byte[], Optional<String>> decodeId = bytes -> {
            try {
                return Optional.of(idOf.apply(topic.codec().decode(bytes)));
            } catch (UndecodableException e) {
                log.debug("Passing over a record of {}: {}", topic.name(), e.getMessage());
                return Optional.empty();
            }
        };
        return new RecentOutputs(connection, topic, decodeId, tail, capacity);
    }

    /**
     * Whether an id was seen.
     *
     * @param id the output's id
     * @return true when it is on the topic
     */
    public boolean contains(String id) {
        return ids.contains(id);
    }

    /**
     * Remembers an id.
     *
     * @param id the id of an output that Kafka has acknowledged
     */
    public void add(String id) {
        ids.add(id);
    }

    /**
     * Reads the tail of the topic. Blocks.
     *
     * @throws IOException when Kafka cannot be read
     */
    void load() throws IOException {
        try (var consumer = connection.consumer()) {
            var ends = seekToTail(consumer);
            long deadline = System.nanoTime() + LIMIT.toNanos();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                if (System.nanoTime() > deadline) {
                    throw new IOException("Reading the tail of " + topic.name() + " took longer than " + LIMIT);
                }
                consumer.poll(POLL).forEach(record -> idOf.apply(record.value()).ifPresent(ids::add));
            }
        } catch (KafkaException e) {
            throw new IOException("Cannot read the tail of " + topic.name() + ": " + e.getMessage(), e);
        }
        log.info("{} recent outputs remembered from {}", ids.size(), topic.name());
    }

    private Map<TopicPartition, Long> seekToTail(Consumer<byte[], byte[]> consumer) {
        var since = new HashMap<TopicPartition, Long>();
        for (var partition : consumer.partitionsFor(topic.name())) {
            since.put(
                    new TopicPartition(partition.topic(), partition.partition()),
                    Instant.now().minus(tail).toEpochMilli());
        }
        consumer.assign(since.keySet());
        var ends = consumer.endOffsets(since.keySet());
        consumer.offsetsForTimes(since)
                .forEach((partition, found) ->
                        consumer.seek(partition, found == null ? ends.get(partition) : found.offset()));
        return ends;
    }

    private static final class BoundedMap extends LinkedHashMap<String, Boolean> {

        private final int capacity;

        BoundedMap(int capacity) {
            this.capacity = capacity;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > capacity;
        }
    }
}
