package dev.preflow.annotators.assemble;

import dev.preflow.schemas.DeadLetter;
import dev.preflow.schemas.Ids;
import dev.preflow.schemas.UndecodableException;
import dev.preflow.stream.KeptValue;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** The dead letters of the assembly. */
final class DeadLetters {

    static final String STAGE = "assembler";

    private DeadLetters() {}

    /** For bytes that are no record. One image of a group that cannot be read does not end its prompt. */
    static DeadLetter undecodable(
            Record<byte[], byte[]> record, RecordMetadata at, UndecodableException cause, Instant now) {
        var value = KeptValue.of(record.value());
        return DeadLetter.newBuilder()
                .setId(Ids.deadLetterId(at.topic(), at.partition(), at.offset()))
                .setStage(STAGE)
                .setTopic(at.topic())
                .setPartition(at.partition())
                .setOffset(at.offset())
                .setKey(wrap(record.key()))
                .setValue(value.bytes())
                .setReason("undecodable")
                .setDetail(cause.getMessage() + value.note())
                .setAttempts(1)
                .setCreatedAt(now)
                .build();
    }

    /** For a group whose every task was given up, or whose deadline passed without an image. */
    static DeadLetter noImage(String promptId, GroupState state, String topic, int partition, Instant now) {
        return DeadLetter.newBuilder()
                .setId(Ids.deadLetterId(topic, partition, state.lastFailure()))
                .setStage(STAGE)
                .setTopic(topic)
                .setPartition(partition)
                .setOffset(state.lastFailure())
                .setKey(wrap(promptId.getBytes(StandardCharsets.UTF_8)))
                .setReason("no-image")
                .setDetail(
                        "None of the %d images was drawn: %d of their tasks were given up, each with a dead letter of its own"
                                .formatted(state.expected(), state.failed().size()))
                .setAttempts(1)
                .setPromptId(promptId)
                .setEndsPrompt(true)
                .setCreatedAt(now)
                .build();
    }

    private static @Nullable ByteBuffer wrap(byte @Nullable [] bytes) {
        return bytes == null ? null : ByteBuffer.wrap(bytes);
    }
}
