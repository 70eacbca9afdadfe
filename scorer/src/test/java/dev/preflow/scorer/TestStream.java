package dev.preflow.scorer;

import dev.preflow.broker.EmbeddedBroker;
import dev.preflow.schemas.TopicSpec;
import dev.preflow.schemas.Topics;
import dev.preflow.stream.KafkaConnection;
import dev.preflow.stream.Publisher;
import dev.preflow.stream.StageRuntime;
import dev.preflow.stream.TopicCreator;
import dev.preflow.stream.TopicReader;
import dev.preflow.stream.TopicStart;
import dev.preflow.stream.config.Config;
import dev.preflow.stream.observe.Health;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;

/** A broker with Preflow's topics, and what a process runs its stages with. */
public final class TestStream implements AutoCloseable {

    private final EmbeddedBroker broker;
    private final Vertx vertx = Vertx.vertx();
    private final KafkaConnection kafka;
    private final Publisher publisher;

    /** Starts the broker. */
    public TestStream(Path folder) throws IOException {
        broker = EmbeddedBroker.start(folder);
        kafka = KafkaConnection.to(broker.bootstrapServers());
        publisher = new Publisher(kafka);
    }

    /** Fresh topics and meters. */
    public StageRuntime runtime() throws IOException {
        var topics = Topics.of("test" + UUID.randomUUID() + ".", 2);
        new TopicCreator(kafka).create(topics.all());
        return new StageRuntime(vertx, kafka, topics, publisher, new SimpleMeterRegistry(), new Health());
    }

    /** Everything on a topic from its beginning on, as it comes. */
    public <T extends SpecificRecord> Followed<T> follow(TopicSpec<T> topic) {
        var records = new CopyOnWriteArrayList<T>();
        var reader =
                TopicReader.start(kafka, topic, TopicStart.beginning(), delivery -> records.add(delivery.record()));
        return new Followed<>(records, reader);
    }

    /** Publishes, and returns when Kafka has acknowledged. */
    public <T extends SpecificRecord> void publish(TopicSpec<T> topic, String key, T record) throws Exception {
        publisher
                .publish(topic, key, record)
                .toCompletionStage()
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
    }

    /** The scorer's settings for tests, in a folder of their own. */
    public static Config config(Path folder, Map<String, String> overrides) {
        var values = new HashMap<>(Map.of(
                ScorerSettings.STORE.key(), folder.resolve("store").toString(),
                ScorerSettings.CHECKPOINTS.key(), folder.resolve("checkpoints").toString(),
                ScorerSettings.RELEASE_CACHE.key(), folder.resolve("releases").toString(),
                ScorerSettings.STORE_LINGER.key(), "100ms"));
        values.putAll(overrides);
        return Config.with(ScorerSettings.ALL).overrides(values).build();
    }

    @Override
    public void close() {
        publisher.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
        broker.close();
    }

    /** A topic that is being read. */
    public record Followed<T extends SpecificRecord>(List<T> records, TopicReader<T> reader) implements AutoCloseable {

        @Override
        public void close() {
            reader.close();
        }
    }
}
