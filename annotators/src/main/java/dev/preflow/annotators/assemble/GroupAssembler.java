package dev.preflow.annotators.assemble;

import dev.preflow.schemas.Topics;
import dev.preflow.stream.KafkaConnection;
import dev.preflow.stream.observe.Health;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the assembly: gathers the images to be judged by their prompt, and writes a group when each of them was drawn or given
 * up, or when none came for a while. Of the rollouts a share is gathered, too, group by group; the others pass it by. The state
 * lies in memory and in changelog topics.
 */
public final class GroupAssembler implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(GroupAssembler.class);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(8);

    private final KafkaStreams streams;

    /**
     * An assembly, not yet started.
     *
     * @param connection the cluster
     * @param topics what is read and written; must exist
     * @param options how groups are assembled
     * @param registry counts groups and what was ignored
     * @param health is told whether the assembly lives and works
     */
    public GroupAssembler(
            KafkaConnection connection,
            Topics topics,
            AssemblerOptions options,
            MeterRegistry registry,
            Health health) {
        var topology = new AssemblerTopology(topics, options, registry).build();
        this.streams = new KafkaStreams(topology, properties(connection, topics, options));
        streams.setUncaughtExceptionHandler(failure -> {
            log.error("The assembly of groups failed and starts over from its last commit", failure);
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        });
        health.live(DeadLetters.STAGE, () -> status(streams.state() != KafkaStreams.State.ERROR));
        health.ready(DeadLetters.STAGE, () -> status(streams.state() == KafkaStreams.State.RUNNING));
    }

    private Health.Status status(boolean ok) {
        var detail = "Kafka Streams is " + streams.state();
        return ok ? Health.Status.good(detail) : Health.Status.bad(detail);
    }

    /** Starts to work; returns at once. */
    public void start() {
        streams.start();
    }

    /** Finishes what is under way and leaves the consumer group, so that whoever takes over need not wait. */
    @Override
    public void close() {
        streams.close(CloseOptions.timeout(CLOSE_LIMIT)
                .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
    }

    static Properties properties(KafkaConnection connection, Topics topics, AssemblerOptions options) {
        Map<String, Object> own = new HashMap<>();
        own.put(StreamsConfig.APPLICATION_ID_CONFIG, topics.prefix() + DeadLetters.STAGE);
        own.put(
                StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
                options.exactlyOnce() ? StreamsConfig.EXACTLY_ONCE_V2 : StreamsConfig.AT_LEAST_ONCE);
        own.put(StreamsConfig.STATE_DIR_CONFIG, options.stateDirectory().toString());
        own.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 200);
        own.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
        own.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        own.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 6_000);
        own.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), 1_500);
        own.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 5);
        own.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
        own.putAll(connection.properties());
        var properties = new Properties();
        properties.putAll(own);
        return properties;
    }
}
