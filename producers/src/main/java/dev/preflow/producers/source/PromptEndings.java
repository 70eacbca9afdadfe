package dev.preflow.producers.source;

import dev.preflow.schemas.Annotation;
import dev.preflow.schemas.DeadLetter;
import dev.preflow.schemas.Topics;
import dev.preflow.stream.KafkaConnection;
import dev.preflow.stream.TopicReader;
import dev.preflow.stream.TopicStart;
import io.vertx.core.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Tells {@link OpenPrompts} which prompts end, from the topics on which they do. */
public final class PromptEndings implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofSeconds(30);

    private final TopicReader<Annotation> annotations;
    private final TopicReader<DeadLetter> deadLetters;

    private PromptEndings(TopicReader<Annotation> annotations, TopicReader<DeadLetter> deadLetters) {
        this.annotations = annotations;
        this.deadLetters = deadLetters;
    }

    /**
     * Follows the topics from now on. Waits until it does: what ends after this call is seen.
     *
     * @param kafka where the topics are
     * @param topics the catalogue
     * @param open is told
     * @return what follows them, until it is closed
     * @throws IOException when the topics cannot be read
     */
    public static PromptEndings follow(KafkaConnection kafka, Topics topics, OpenPrompts open) throws IOException {
        var endings = new PromptEndings(
                TopicReader.start(
                        kafka, topics.annotations(), TopicStart.end(), delivery -> open.judged(delivery.record())),
                TopicReader.start(
                        kafka,
                        topics.deadLetters(),
                        TopicStart.end(),
                        delivery -> open.deadLettered(delivery.record())));
        try {
            Future.all(endings.annotations.caughtUp(), endings.deadLetters.caughtUp())
                    .await(START_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            return endings;
        } catch (TimeoutException e) {
            endings.close();
            throw new IOException("Cannot read the annotations and dead letters within " + START_LIMIT, e);
        }
    }

    @Override
    public void close() {
        annotations.close();
        deadLetters.close();
    }
}
