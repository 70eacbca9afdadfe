package dev.preflow.app.push;

import dev.preflow.app.book.PromptState;
import dev.preflow.app.kafka.KafkaContact;
import dev.preflow.schemas.Annotation;
import dev.preflow.schemas.DeadLetter;
import dev.preflow.schemas.Rollouts;
import dev.preflow.stream.TopicReader;
import dev.preflow.stream.TopicStart;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Waits for prompts to end. It reads back for as long as a prompt that is pushed again with its own id is not drawn again: such a
 * one has ended already. Make it before the prompts are published.
 */
public final class Outcomes implements AutoCloseable {

    private final Set<String> awaited = new HashSet<>();
    private final Set<String> open = new HashSet<>();
    private final Map<String, String> ended = new HashMap<>();
    private final TopicReader<Annotation> annotations;
    private final TopicReader<DeadLetter> deadLetters;

    /**
     * Starts to listen.
     *
     * @param kafka where the prompts will go
     * @param back how long ago a prompt may have ended
     */
    public Outcomes(KafkaContact kafka, Duration back) {
        var start = TopicStart.since(Instant.now().minus(back));
        annotations = TopicReader.start(
                kafka.connection(), kafka.topics().annotations(), start, delivery -> judged(delivery.record()));
        deadLetters = TopicReader.start(
                kafka.connection(), kafka.topics().deadLetters(), start, delivery -> given(delivery.record()));
        annotations.caughtUp().await();
        deadLetters.caughtUp().await();
    }

    /**
     * Adds a prompt to wait for.
     *
     * @param promptId its id
     */
    public synchronized void expect(String promptId) {
        awaited.add(promptId);
        if (!ended.containsKey(promptId)) {
            open.add(promptId);
        }
    }

    /**
     * Waits until every expected prompt has ended.
     *
     * @param limit how long
     * @return whether all have
     * @throws InterruptedException when the thread is interrupted
     */
    public synchronized boolean await(Duration limit) throws InterruptedException {
        var end = Instant.now().plus(limit);
        while (!open.isEmpty()) {
            long left = Duration.between(Instant.now(), end).toMillis();
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }

    /**
     * How many expected prompts have not ended.
     *
     * @return the count
     */
    public synchronized int open() {
        return open.size();
    }

    /**
     * How the expected prompts have ended.
     *
     * @return counts by "judged" or the reason of the dead letter, with "open" for those that have not
     */
    public synchronized Map<String, Integer> summary() {
        var counts = new TreeMap<String, Integer>();
        awaited.forEach(id -> counts.merge(ended.getOrDefault(id, "open"), 1, Integer::sum));
        return counts;
    }

    @Override
    public void close() {
        annotations.close();
        deadLetters.close();
    }

    private synchronized void judged(Annotation annotation) {
        if (!annotation.getRatings().isEmpty() && !Rollouts.are(annotation.getImages())) {
            end(annotation.getPromptId(), PromptState.JUDGED.label());
        }
    }

    private synchronized void given(DeadLetter letter) {
        if (letter.getPromptId() != null && letter.getEndsPrompt()) {
            end(letter.getPromptId(), letter.getReason());
        }
    }

    private void end(String promptId, String how) {
        ended.putIfAbsent(promptId, how);
        open.remove(promptId);
        if (open.isEmpty()) {
            notifyAll();
        }
    }
}
