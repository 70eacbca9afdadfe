package dev.preflow.producers.source;

import dev.preflow.schemas.Annotation;
import dev.preflow.schemas.DeadLetter;
import dev.preflow.schemas.Topics;
import dev.preflow.stream.KafkaConnection;
import dev.preflow.stream.TopicReader;
import dev.preflow.stream.TopicStart;

/** Tells {@link OpenPrompts} which prompts end, from the topics on which they do. */
public final class PromptEndings implements AutoCloseable {

    private final TopicReader<Annotation> annotations;
    private final TopicReader<DeadLetter> deadLetters;

    private PromptEndings(TopicReader<Annotation> annotations, TopicReader<DeadLetter> deadLetters) {
        this.annotations = annotations;
        this.deadLetters = deadLetters;
    }

    /**
     * Follows the topics from now on. Begin before the feeding does.
     *
     * @param kafka where the topics are
     * @param topics the catalogue
     * @param open is told
     * @return what follows them, until it is closed
     */
    public static PromptEndings follow(KafkaConnection kafka, Topics topics, OpenPrompts open) {
        return new PromptEndings(
                TopicReader.start(
                        kafka, topics.annotations(), TopicStart.end(), delivery -> open.judged(delivery.record())),
                TopicReader.start(
                        kafka,
                        topics.deadLetters(),
                        TopicStart.end(),
                        delivery -> open.deadLettered(delivery.record())));
    }

    @Override
    public void close() {
        annotations.close();
        deadLetters.close();
    }
}
