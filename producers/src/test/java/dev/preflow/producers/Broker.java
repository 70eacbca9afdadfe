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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.avro.specific.SpecificRecord;

/** A broker with Preflow's topics, and what stages need to run on it. */
public final class Broker implements AutoCloseable {

    private final EmbeddedBroker broker;
    private final StageRuntime runtime;
    private final List<TopicReader<?>> readers = new ArrayList<>();

    private Broker(EmbeddedBroker broker, StageRuntime runtime) {
        this.broker = broker;
        this.runtime = runtime;
    }

    /** Starts a broker below a directory. */
    public static Broker start(Path directory) throws IOException {
        var broker = EmbeddedBroker.start(directory.resolve("broker"));
        var kafka = KafkaConnection.to(broker.bootstrapServers());
        var topics = Topics.withPrefix("preflow.");
        new TopicCreator(kafka).create(topics.all());
        return new Broker(
                broker,
                new StageRuntime(
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
        broker.close();
    }
}
