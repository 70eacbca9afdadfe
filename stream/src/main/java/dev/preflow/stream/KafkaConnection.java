package dev.preflow.stream;

import dev.preflow.stream.config.Config;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** How Kafka is reached; makes the clients. */
public final class KafkaConnection {

    private static final int MAX_POLL_RECORDS = 500;

    private final Map<String, String> properties;

    private KafkaConnection(Map<String, String> properties) {
        this.properties = Map.copyOf(properties);
    }

    /**
     * A connection without security.
     *
     * @param bootstrapServers hosts and ports, separated by commas
     * @return the connection
     */
    public static KafkaConnection to(String bootstrapServers) {
        return new KafkaConnection(Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers));
    }

    /**
     * The configured connection.
     *
     * @param config has {@link KafkaSettings}
     * @return the connection
     */
    public static KafkaConnection of(Config config) {
        var properties = new HashMap<>(config.get(KafkaSettings.CLIENT));
        properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, config.get(KafkaSettings.BOOTSTRAP_SERVERS));
        return new KafkaConnection(properties);
    }

    /**
     * What every client is told: the bootstrap servers and the properties that pass through, for clients that Preflow does
     * not make here, such as Kafka Streams. It may hold passwords.
     *
     * @return names and values
     */
    public Map<String, String> properties() {
        return properties;
    }

    Consumer<byte[], byte[]> groupConsumer(String groupId, StageOptions options) {
        var own = new HashMap<String, String>();
        own.put(ConsumerConfig.GROUP_ID_CONFIG, groupId);
        own.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, options.fromEnd() ? "latest" : "earliest");
        own.put(
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                Integer.toString(Math.min(options.maxInFlight(), MAX_POLL_RECORDS)));
        own.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
        // the group waits this long for a member that was killed
        own.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, "10000");
        // members learn of a rebalance with their next heartbeat
        own.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, "1000");
        return consumer(own);
    }

    Consumer<byte[], byte[]> consumer() {
        return consumer(new HashMap<>());
    }

    Producer<byte[], byte[]> producer() {
        var own = new HashMap<String, String>();
        own.put(ProducerConfig.ACKS_CONFIG, "all");
        own.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        own.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        own.put(ProducerConfig.LINGER_MS_CONFIG, "5");
        return new KafkaProducer<>(withProperties(own), new ByteArraySerializer(), new ByteArraySerializer());
    }

    Admin admin() {
        return Admin.create(withProperties(Map.of()));
    }

    private Consumer<byte[], byte[]> consumer(Map<String, String> own) {
        own.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        own.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        own.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        // what is fetched ahead while the stage is full stays in memory
        own.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, Integer.toString(8 << 20));
        return new KafkaConsumer<>(withProperties(own), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** What the user passes through wins over our defaults. */
    private Map<String, Object> withProperties(Map<String, String> defaults) {
        var all = new HashMap<String, Object>(defaults);
        all.putAll(properties);
        return all;
    }
}
