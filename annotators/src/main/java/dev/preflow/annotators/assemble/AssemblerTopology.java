package dev.preflow.annotators.assemble;

import dev.preflow.schemas.Codec;
import dev.preflow.schemas.DeadLetter;
import dev.preflow.schemas.GenerationTask;
import dev.preflow.schemas.Image;
import dev.preflow.schemas.Purpose;
import dev.preflow.schemas.Topics;
import dev.preflow.schemas.UndecodableException;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/**
 * The flow of the assembly: images and failed tasks in, groups and dead letters out. The bytes are decoded inside the flow, not
 * by Kafka Streams' deserialisers, so that what cannot be decoded becomes a dead letter in the same transaction.
 */
final class AssemblerTopology {

    static final String GATHER = "gather";
    static final String GROUPS = "groups-out";
    static final String DEAD_LETTERS = "dead-letters-out";

    private final Topics topics;
    private final AssemblerOptions options;
    private final AssemblerMetrics metrics;

    AssemblerTopology(Topics topics, AssemblerOptions options, MeterRegistry registry) {
        this.topics = topics;
        this.options = options;
        this.metrics = new AssemblerMetrics(registry);
    }

    Topology build() {
        var topology = new Topology();
        source(topology, "images", topics.images().name());
        source(topology, "failures", topics.deadLetters().name());
        topology.addProcessor("read-images", reader(this::drawn), "images");
        topology.addProcessor("read-failures", reader(this::failed), "failures");
        ProcessorSupplier<byte[], Object, byte[], Object> gather =
                () -> new GroupGatherer(topics.deadLetters().name(), options, metrics);
        topology.addProcessor(GATHER, gather, "read-images", "read-failures");
        topology.addStateStore(
                Stores.keyValueStoreBuilder(
                        Stores.inMemoryKeyValueStore(GroupGatherer.GROUPS),
                        Serdes.String(),
                        new GroupStateSerde(topics.images().codec())),
                GATHER);
        topology.addStateStore(
                Stores.keyValueStoreBuilder(
                        Stores.inMemoryKeyValueStore(GroupGatherer.DUE), Serdes.Bytes(), Serdes.ByteArray()),
                GATHER);
        topology.addSink(
                GROUPS,
                topics.groups().name(),
                new ByteArraySerializer(),
                serializer(topics.groups().codec()),
                GATHER);
        topology.addSink(
                DEAD_LETTERS,
                topics.deadLetters().name(),
                new ByteArraySerializer(),
                serializer(topics.deadLetters().codec()),
                "read-images",
                "read-failures",
                GATHER);
        return topology;
    }

    private static void source(Topology topology, String name, String topic) {
        topology.addSource(name, new ByteArrayDeserializer(), new ByteArrayDeserializer(), topic);
    }

    private ProcessorSupplier<byte[], byte[], byte[], Object> reader(EventReader.Decoder decoder) {
        return () -> new EventReader(decoder, metrics);
    }

    private static <T extends SpecificRecord> Serializer<T> serializer(Codec<T> codec) {
        return (topic, record) -> record == null ? null : codec.encode(record);
    }

    private Optional<GroupEvent> drawn(byte[] value, long offset) throws UndecodableException {
        Image image = topics.images().codec().decode(value);
        return isJudged(image.getPurpose(), image.getRolloutGroup())
                ? Optional.of(new GroupEvent.Drawn(image))
                : Optional.empty();
    }

    /** Of all dead letters, those of a task whose image a group waits for. */
    private Optional<GroupEvent> failed(byte[] value, long offset) throws UndecodableException {
        DeadLetter letter = topics.deadLetters().codec().decode(value);
        if (letter.getPromptId() == null
                || letter.getEndsPrompt()
                || letter.getValue() == null
                || !letter.getTopic().equals(topics.tasks().name())) {
            return Optional.empty();
        }
        byte[] bytes = new byte[letter.getValue().remaining()];
        letter.getValue().duplicate().get(bytes);
        GenerationTask task = topics.tasks().codec().decode(bytes);
        if (!isJudged(task.getPurpose(), task.getRolloutGroup())) {
            return Optional.empty();
        }
        String key = GroupKeys.of(task.getPurpose(), task.getPromptId(), task.getRolloutGroup());
        return Optional.of(
                new GroupEvent.Failed(key, task.getPromptText(), task.getIndex(), task.getGroupSize(), offset));
    }

    /** Which rollout groups are judged is their names' affair, so that every restart and every process agrees. */
    private boolean isJudged(Purpose purpose, @Nullable String rolloutGroup) {
        if (purpose != Purpose.ROLLOUT || rolloutGroup == null) {
            return purpose == Purpose.JUDGE;
        }
        var crc = new CRC32();
        crc.update(rolloutGroup.getBytes(StandardCharsets.UTF_8));
        return crc.getValue() < options.rolloutShare() * (1L << Integer.SIZE);
    }
}
