package dev.preflow.annotators.assemble;

import dev.preflow.schemas.DeadLetter;
import dev.preflow.schemas.Ids;
import dev.preflow.schemas.UndecodableException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** The dead letters of the assembly. */
final class DeadLetters {

    static final String STAGE = "assembler";

    /** A dead letter must fit into a Kafka message (1 MiB) with its value, or without it if need be. */
    private static final int MAX_VALUE_BYTES = 512 * 1024;

    private DeadLetters() {}

    /** For bytes that are no record. One image of a group that cannot be read does not end its prompt. */
    static DeadLetter undecodable(
            Record<byte[], byte[]> record, RecordMetadata at, UndecodableException cause, Instant now) {
        var value = record.value();
        boolean tooLarge = value != null && value.length > MAX_VALUE_BYTES;
        return DeadLetter.newBuilder()
                .setId(Ids.deadLetterId(at.topic(), at.partition(), at.offset()))
                .setStage(STAGE)
                .setTopic(at.topic())
                .setPartition(at.partition())
                .setOffset(at.offset())
                .setKey(wrap(record.key()))
                .setValue(tooLarge ? null : wrap(value))
                .setReason("undecodable")
                .setDetail(
                        tooLarge
                                ? "%s (value of %d bytes left out)".formatted(cause.getMessage(), value.length)
                                : String.valueOf(cause.getMessage()))
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
