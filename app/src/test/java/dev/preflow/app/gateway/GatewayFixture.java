package dev.preflow.app.gateway;

import dev.preflow.app.Samples;
import dev.preflow.app.config.ConfigSources;
import dev.preflow.app.stages.Node;
import dev.preflow.app.stages.StageName;
import dev.preflow.broker.EmbeddedBroker;
import dev.preflow.schemas.BlobRef;
import dev.preflow.schemas.Image;
import dev.preflow.schemas.Purpose;
import dev.preflow.schemas.TopicSpec;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.apache.avro.specific.SpecificRecord;

/** A broker, and a process that runs the gateway on it. */
final class GatewayFixture implements AutoCloseable {

    private final EmbeddedBroker broker;
    private final Path directory;
    private final Map<String, String> settings = new HashMap<>();
    private Node node;
    private HttpProbe http;

    GatewayFixture(Path directory) throws IOException {
        this.directory = directory;
        this.broker = EmbeddedBroker.start(directory.resolve("kafka"));
        settings.put("kafka.bootstrap.servers", broker.bootstrapServers());
        settings.put("kafka.topics.partitions", "2");
        settings.put("blobs.directory", directory.resolve("blobs").toString());
        settings.put("state.directory", directory.resolve("state").toString());
        settings.put("gateway.port", Integer.toString(freePort()));
        settings.put("gateway.scores-held", "8");
        settings.put("gateway.max-body", "64KiB");
        start();
    }

    /** Ends the process and starts another one on the same broker. */
    void restart() throws IOException {
        node.close();
        start();
    }

    private void start() throws IOException {
        node = Node.open(ConfigSources.load(null, Map.of(), settings));
        node.start(List.of(StageName.GATEWAY));
        http = new HttpProbe(url());
    }

    String url() {
        return "http://localhost:" + settings.get("gateway.port");
    }

    HttpProbe http() {
        return http;
    }

    Node node() {
        return node;
    }

    Path directory() {
        return directory;
    }

    <T extends SpecificRecord> void publish(TopicSpec<T> topic, String key, T record) {
        node.context().runtime().publisher().publish(topic, key, record).await();
    }

    List<Image> images(String promptId, int count, String generator, Purpose purpose) throws IOException {
        var images = new ArrayList<Image>();
        for (int i = 0; i < count; i++) {
            images.add(Samples.image(promptId, i, generator, purpose, picture(promptId.hashCode() + i)));
        }
        return images;
    }

    void score(Image image, float value) {
        var topics = node.context().runtime().topics();
        publish(topics.scores(), image.getPromptId(), Samples.score(image, value));
    }

    BlobRef picture(int colour) throws IOException {
        var image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 64; i++) {
            image.setRGB(i % 8, i / 8, colour);
        }
        var bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "png", bytes);
        return node.context().blobs().put(bytes.toByteArray(), "image/png");
    }

    @Override
    public void close() {
        node.close();
        broker.close();
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
