package dev.preflow.trainer;

import dev.preflow.broker.EmbeddedBroker;
import dev.preflow.schemas.Prompt;
import dev.preflow.schemas.Release;
import dev.preflow.schemas.ReleaseKind;
import dev.preflow.schemas.TopicSpec;
import dev.preflow.schemas.Topics;
import dev.preflow.stream.KafkaConnection;
import dev.preflow.stream.Publisher;
import dev.preflow.stream.StageRuntime;
import dev.preflow.stream.TopicCreator;
import dev.preflow.stream.TopicReader;
import dev.preflow.stream.TopicStart;
import dev.preflow.stream.observe.Health;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;
import org.awaitility.Awaitility;

/** A broker with Preflow's topics, and what a process runs its stages with. */
final class TestStream implements AutoCloseable {
    private final EmbeddedBroker broker;
    private final Vertx vertx = Vertx.vertx();
    private final KafkaConnection kafka;
    private final Publisher publisher;

    TestStream(Path folder) throws IOException {
        // a busy machine is slow, not wrong
        Awaitility.setDefaultTimeout(Duration.ofMinutes(1));
        broker = EmbeddedBroker.start(folder);
        kafka = KafkaConnection.to(broker.bootstrapServers());
        publisher = new Publisher(kafka);
    }

    /** Fresh topics. */
    Topics topics() throws IOException {
        Topics topics = Topics.of("test" + UUID.randomUUID() + ".", 2);
        new TopicCreator(kafka).create(topics.all());
        return topics;
    }

    /** What a fresh process has. */
    StageRuntime runtime(Topics topics) {
        return new StageRuntime(vertx, kafka, topics, publisher, new SimpleMeterRegistry(), new Health());
    }

    /** Everything on a topic from its beginning on, as it comes. */
    <T extends SpecificRecord> Followed<T> follow(TopicSpec<T> topic) {
        List<T> records = new CopyOnWriteArrayList<>();
        return new Followed<>(
                records,
                TopicReader.start(kafka, topic, TopicStart.beginning(), delivery -> records.add(delivery.record())));
    }

    /** Publishes, and returns when Kafka has acknowledged. */
    <T extends SpecificRecord> void publish(TopicSpec<T> topic, String key, T record) throws Exception {
        publisher.publish(topic, key, record).await(30, TimeUnit.SECONDS);
    }

    /** Publishes a prompt. */
    void prompt(Topics topics, String text) throws Exception {
        publish(topics.prompts(), text, new Prompt(text, text, "test", Instant.ofEpochMilli(1)));
    }

    /** Publishes a release of VP-Score. */
    void reward(Topics topics, double heldOutAccuracy) throws Exception {
        publish(
                topics.releases(),
                ReleaseKind.REWARD.name(),
                new Release(
                        "reward-" + heldOutAccuracy,
                        ReleaseKind.REWARD,
                        1,
                        null,
                        List.of(),
                        Map.of("heldOutAccuracy", heldOutAccuracy),
                        Instant.ofEpochMilli(1)));
    }

    @Override
    public void close() {
        publisher.close();
        vertx.close().await();
        broker.close();
    }

    /** A topic that is being read. */
    record Followed<T extends SpecificRecord>(List<T> records, TopicReader<T> reader) implements AutoCloseable {
        @Override
        public void close() {
            reader.close();
        }
    }
}
