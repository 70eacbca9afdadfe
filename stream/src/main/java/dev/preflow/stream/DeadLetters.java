package dev.preflow.stream;

import dev.preflow.schemas.DeadLetter;
import dev.preflow.schemas.Ids;
import dev.preflow.schemas.TopicSpec;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Makes and publishes one stage's dead letters. */
final class DeadLetters<T> {

    private static final int MAX_DETAIL_CHARS = 4000;

    private final String stage;
    private final TopicSpec<DeadLetter> topic;
    private final Publisher publisher;
    private final DeadLetterRules<T> rules;

    DeadLetters(String stage, TopicSpec<DeadLetter> topic, Publisher publisher, DeadLetterRules<T> rules) {
        this.stage = stage;
        this.topic = topic;
        this.publisher = publisher;
        this.rules = rules;
    }

    /**
     * Publishes the dead letter of a record, keyed by its prompt where that is known, so that it meets the prompt's images in
     * the partition of one number.
     */
    Future<Void> publish(ConsumerRecord<byte[], byte[]> raw, @Nullable T record, int attempts, Failure failure) {
        var letter = letter(raw, record, attempts, failure);
        var promptId = letter.getPromptId();
        return publisher.publish(
                topic, promptId == null ? raw.key() : promptId.getBytes(StandardCharsets.UTF_8), letter);
    }

    private DeadLetter letter(ConsumerRecord<byte[], byte[]> raw, @Nullable T record, int attempts, Failure failure) {
        var value = KeptValue.of(raw.value());
        return DeadLetter.newBuilder()
                .setId(Ids.deadLetterId(raw.topic(), raw.partition(), raw.offset()))
                .setStage(stage)
                .setTopic(raw.topic())
                .setPartition(raw.partition())
                .setOffset(raw.offset())
                .setKey(raw.key() == null ? null : ByteBuffer.wrap(raw.key()))
                .setValue(value.bytes())
                .setReason(failure.reason())
                .setDetail(detail(failure.cause()) + value.note())
                .setAttempts(attempts)
                .setPromptId(promptId(raw, record))
                .setEndsPrompt(endsPrompt(record))
                .setCreatedAt(Instant.now().truncatedTo(ChronoUnit.MILLIS))
                .build();
    }

    private @Nullable String promptId(ConsumerRecord<byte[], byte[]> raw, @Nullable T record) {
        if (record != null) {
            return rules.promptId().apply(record);
        }
        return rules.undecodableEndsPrompt() && raw.key() != null
                ? new String(raw.key(), StandardCharsets.UTF_8)
                : null;
    }

    private boolean endsPrompt(@Nullable T record) {
        return record == null
                ? rules.undecodableEndsPrompt()
                : rules.endsPrompt().test(record);
    }

    private static String detail(Throwable cause) {
        // the type says most where the message says little
        var text = cause instanceof NonRetriableException || cause instanceof RetriableException
                ? String.valueOf(cause.getMessage())
                : cause.toString();
        return text.length() > MAX_DETAIL_CHARS ? text.substring(0, MAX_DETAIL_CHARS) + "…" : text;
    }
}
