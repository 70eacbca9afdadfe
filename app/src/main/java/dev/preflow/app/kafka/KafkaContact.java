package dev.preflow.app.kafka;

import dev.preflow.schemas.Topics;
import dev.preflow.stream.KafkaConnection;
import dev.preflow.stream.KafkaSettings;
import dev.preflow.stream.TopicCreator;
import dev.preflow.stream.config.Config;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;

/**
 * A Kafka that has answered, with its topics.
 *
 * @param connection how it is reached
 * @param topics the catalogue
 */
public record KafkaContact(KafkaConnection connection, Topics topics) {

    private static final String ANSWER_LIMIT_MILLIS = "20000";

    /**
     * Asks Kafka whether it is there, and creates the topics that are missing. Blocks; a Kafka that does not answer is told
     * of within seconds, where its clients would try for minutes.
     *
     * @param config has {@link KafkaSettings}
     * @return the contact
     * @throws IOException when Kafka does not answer or a topic is not as it must be
     */
    public static KafkaContact make(Config config) throws IOException {
        var connection = KafkaConnection.of(config);
        var topics = Topics.of(config.get(KafkaSettings.TOPIC_PREFIX), config.get(KafkaSettings.TOPIC_PARTITIONS));
        requireAnswer(connection);
        new TopicCreator(connection, config.get(KafkaSettings.TOPIC_REPLICATION)).create(topics.all());
        return new KafkaContact(connection, topics);
    }

    private static void requireAnswer(KafkaConnection connection) throws IOException {
        var servers = connection.properties().get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG);
        Map<String, Object> properties = new HashMap<>(connection.properties());
        properties.putIfAbsent(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ANSWER_LIMIT_MILLIS);
        properties.putIfAbsent(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ANSWER_LIMIT_MILLIS);
        try (var admin = Admin.create(properties)) {
            admin.describeCluster().nodes().get();
        } catch (ExecutionException e) {
            throw unreachable(servers, e.getCause());
        } catch (KafkaException e) {
            throw unreachable(servers, e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while waiting for Kafka at " + servers, e);
        }
    }

    private static IOException unreachable(String servers, Throwable cause) {
        return new IOException(
                "Kafka does not answer at %s (%s): start it, or set kafka.bootstrap.servers"
                        .formatted(servers, cause.getMessage()),
                cause);
    }
}
