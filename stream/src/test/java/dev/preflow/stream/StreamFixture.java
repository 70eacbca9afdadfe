package dev.preflow.stream;

import dev.preflow.broker.EmbeddedBroker;
import dev.preflow.schemas.DeadLetter;
import dev.preflow.schemas.Prompt;
import dev.preflow.schemas.TopicSpec;
import dev.preflow.schemas.Topics;
import dev.preflow.stream.observe.Health;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;

/** A broker, and what stages need on it. Every {@link #runtime} has topics of its own. */
final class StreamFixture implements AutoCloseable {

    final Vertx vertx = Vertx.vertx();
    final EmbeddedBroker broker;
    final KafkaConnection kafka;
    final Publisher publisher;

    StreamFixture(Path directory) throws IOException {
        // a busy machine is slow, not wrong
        Awaitility.setDefaultTimeout(Duration.ofMinutes(1));
        broker = EmbeddedBroker.start(directory);
        kafka = KafkaConnection.to(broker.bootstrapServers());
        publisher = new Publisher(kafka);
    }

    StageRuntime runtime(String prefix, int partitions) throws IOException {
        var topics = Topics.of(prefix, partitions);
        new TopicCreator(kafka).create(List.of(topics.prompts(), topics.images(), topics.deadLetters()));
        return new StageRuntime(vertx, kafka, topics, publisher, new SimpleMeterRegistry(), new Health());
    }

    static Prompt prompt(int number) {
        return new Prompt("p" + number, "prompt " + number, "test", Instant.ofEpochMilli(number));
    }

    void publishPrompts(StageRuntime runtime, int from, int to) throws Exception {
        for (int i = from; i < to; i++) {
            publisher.publish(runtime.topics().prompts(), "p" + i, prompt(i));
        }
        publisher.publish(runtime.topics().prompts(), "p" + to, prompt(to)).await(30, TimeUnit.SECONDS);
    }

    void publishRaw(TopicSpec<?> topic, int partition, String key, byte[] value) throws Exception {
        try (var producer = kafka.producer()) {
            producer.send(new ProducerRecord<>(topic.name(), partition, key.getBytes(StandardCharsets.UTF_8), value))
                    .get();
        }
    }

    long committed(StageRuntime runtime, String stage, int partition) throws Exception {
        var group = runtime.topics().prefix() + stage;
        try (var admin = kafka.admin()) {
            var offset = admin.listConsumerGroupOffsets(Map.of(group, new ListConsumerGroupOffsetsSpec()))
                    .partitionsToOffsetAndMetadata(group)
                    .get()
                    .get(new TopicPartition(runtime.topics().prompts().name(), partition));
            return offset == null ? -1 : offset.offset();
        }
    }

    <T extends SpecificRecord> List<Delivery<T>> readAll(TopicSpec<T> topic) throws Exception {
        var records = new CopyOnWriteArrayList<Delivery<T>>();
        try (var reader = TopicReader.start(kafka, topic, TopicStart.beginning(), records::add)) {
            reader.caughtUp().await(30, TimeUnit.SECONDS);
        }
        return records;
    }

    List<Delivery<DeadLetter>> deadLetters(StageRuntime runtime) throws Exception {
        return readAll(runtime.topics().deadLetters());
    }

    @Override
    public void close() {
        publisher.close();
        vertx.close().await();
        broker.close();
    }
}
