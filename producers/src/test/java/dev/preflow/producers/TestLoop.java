package dev.preflow.producers;

import dev.preflow.broker.EmbeddedBroker;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.avro.specific.SpecificRecord;
import org.awaitility.Awaitility;

/** Topics of their own on a broker, and what stages need to run on them. */
public final class TestLoop implements AutoCloseable {

    private final StageRuntime runtime;
    private final List<TopicReader<?>> readers = new ArrayList<>();

    private TestLoop(StageRuntime runtime) {
        this.runtime = runtime;
    }

    /** Creates fresh topics, and gives whoever waits for them the time that a busy machine takes. */
    public static TestLoop on(EmbeddedBroker broker) throws IOException {
        Awaitility.setDefaultTimeout(Duration.ofMinutes(1));
        var kafka = KafkaConnection.to(broker.bootstrapServers());
        var topics = Topics.of(UUID.randomUUID() + ".", 2);
        new TopicCreator(kafka).create(topics.all());
        return new TestLoop(new StageRuntime(
                Vertx.vertx(), kafka, topics, new Publisher(kafka), new SimpleMeterRegistry(), new Health()));
    }

    /** What stages share. */
    public StageRuntime runtime() {
        return runtime;
    }

    /** The catalogue. */
    public Topics topics() {
        return runtime.topics();
    }

    /** Publishes a record and waits until it is acknowledged. */
    public <T extends SpecificRecord> void publish(TopicSpec<T> topic, String key, T record) {
        runtime.publisher().publish(topic, key, record).await();
    }

    /** Every record of a topic, growing while the test runs. */
    public <T extends SpecificRecord> List<T> records(TopicSpec<T> topic) {
        var records = new CopyOnWriteArrayList<T>();
        readers.add(TopicReader.start(
                runtime.kafka(), topic, TopicStart.beginning(), delivery -> records.add(delivery.record())));
        return records;
    }

    @Override
    public void close() {
        readers.forEach(TopicReader::close);
        runtime.publisher().close();
        runtime.vertx().close().await();
    }
}
