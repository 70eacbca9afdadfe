package dev.preflow.broker;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * A Kafka broker and controller (KRaft) in this JVM, on the loopback interface. A directory that a broker has used before
 * is continued. A fatal fault of a broker halts the JVM that it is in: outside tests, run it as a {@link BrokerProcess}.
 */
public final class EmbeddedBroker implements AutoCloseable {

    private final KafkaRaftServer server;
    private final String bootstrapServers;

    private EmbeddedBroker(KafkaRaftServer server, String bootstrapServers) {
        this.server = server;
        this.bootstrapServers = bootstrapServers;
    }

    /**
     * Starts a broker on a free port.
     *
     * @param directory where its data lie; created when missing
     * @return the running broker
     * @throws IOException when the directory cannot be written or a port not be opened
     */
    public static EmbeddedBroker start(Path directory) throws IOException {
        return start(directory, 0);
    }

    /**
     * Starts a broker.
     *
     * @param directory where its data lie; created when missing
     * @param port where clients connect; 0 for a free one
     * @return the running broker
     * @throws IOException when the directory cannot be written or a port not be opened
     */
    public static EmbeddedBroker start(Path directory, int port) throws IOException {
        format(directory);
        var config = BrokerConfig.of(directory.toAbsolutePath(), port);
        var server = new KafkaRaftServer(new KafkaConfig(config.properties()), Time.SYSTEM);
        try {
            server.startup();
        } catch (RuntimeException e) {
            server.shutdown();
            throw new IOException(
                    "The Kafka broker does not start in " + directory + " on port " + config.port() + ": "
                            + e.getMessage(),
                    e);
        }
        return new EmbeddedBroker(server, config.bootstrapServers());
    }

    /**
     * Where clients connect.
     *
     * @return host and port, as {@code bootstrap.servers} takes them
     */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** Stops the broker; its data stay. */
    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
    }

    private static void format(Path directory) throws IOException {
        Files.createDirectories(directory);
        if (Files.exists(directory.resolve("meta.properties"))) {
            return;
        }
        try {
            new Formatter()
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                    .setNodeId(BrokerConfig.NODE_ID)
                    .setClusterId(Uuid.randomUuid().toString())
                    .addDirectory(directory.toString())
                    .setMetadataLogDirectory(directory.toString())
                    .setControllerListenerName(BrokerConfig.CONTROLLER_LISTENER)
                    .setIgnoreFormatted(true)
                    .run();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("Cannot format " + directory + " for Kafka: " + e.getMessage(), e);
        }
    }
}
