package dev.preflow.stream;

import dev.preflow.schemas.Topics;
import dev.preflow.stream.config.Setting;
import dev.preflow.stream.config.Settings;
import java.util.List;
import java.util.Map;

/** The settings of Kafka and its topics. */
public final class KafkaSettings {

    /** Where Kafka is. */
    public static final Setting<String> BOOTSTRAP_SERVERS = Settings.string(
            "kafka.bootstrap.servers", "127.0.0.1:9092", "Kafka's hosts and ports, separated by commas");

    /** Goes before every topic and consumer group. */
    public static final Setting<String> TOPIC_PREFIX = Settings.string(
            "kafka.topics.prefix", Topics.DEFAULT_PREFIX, "Goes before the name of every topic and group");

    /** Partitions of every topic but the releases. */
    public static final Setting<Integer> TOPIC_PARTITIONS = Settings.integer(
            "kafka.topics.partitions",
            Topics.DEFAULT_PARTITIONS,
            1,
            1024,
            "Partitions of every topic (releases have 1); bounds how many processes share a stage");

    /** Copies of every topic. */
    public static final Setting<Integer> TOPIC_REPLICATION = Settings.integer(
            "kafka.topics.replication", -1, -1, 16, "Copies of every topic; -1 leaves it to the broker's default");

    /** Everything that Kafka's clients take. */
    public static final Setting<Map<String, String>> CLIENT =
            Settings.section("kafka.client", "Properties passed to every Kafka client as they are, security included");

    /** All of them. */
    public static final List<Setting<?>> ALL =
            List.of(BOOTSTRAP_SERVERS, TOPIC_PREFIX, TOPIC_PARTITIONS, TOPIC_REPLICATION, CLIENT);

    private KafkaSettings() {}
}
