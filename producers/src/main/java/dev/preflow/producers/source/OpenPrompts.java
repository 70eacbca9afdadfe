package dev.preflow.producers.source;

import dev.preflow.schemas.Annotation;
import dev.preflow.schemas.DeadLetter;
import dev.preflow.schemas.Rollouts;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Bounds the prompts that were fed and have not ended: a source that never runs dry must wait for the loop, not run ahead of
 * it by days. A prompt ends when it is judged or dead-lettered, or when it is forgotten after a while, so that one lost
 * prompt never holds a place for ever. Thread-safe.
 */
public final class OpenPrompts {

    private final int most;
    private final Duration forgetAfter;
    private final Clock clock;
    private final Map<String, Instant> open = new LinkedHashMap<>();

    /**
     * A bound.
     *
     * @param most prompts open at once, from 1
     * @param forgetAfter how long an open prompt holds its place at most
     * @param clock tells the time
     */
    public OpenPrompts(int most, Duration forgetAfter, Clock clock) {
        if (most < 1) {
            throw new IllegalArgumentException("At least 1 prompt must be allowed to be open, not " + most);
        }
        this.most = most;
        this.forgetAfter = forgetAfter;
        this.clock = clock;
    }

    /**
     * No bound: nothing is remembered.
     *
     * @return an instance that always has room
     */
    public static OpenPrompts unbounded() {
        return new OpenPrompts(Integer.MAX_VALUE, Duration.ZERO, Clock.systemUTC());
    }

    /**
     * Takes note of a judged prompt.
     *
     * @param annotation what an annotator said; what it said of a rollout is passed over
     */
    public void judged(Annotation annotation) {
        if (!Rollouts.are(annotation.getImages())) {
            end(annotation.getPromptId());
        }
    }

    /**
     * Takes note of a record that was given up.
     *
     * @param letter the record
     */
    public void deadLettered(DeadLetter letter) {
        if (letter.getEndsPrompt() && letter.getPromptId() != null) {
            end(letter.getPromptId());
        }
    }

    /**
     * How many prompts are open.
     *
     * @return the number
     */
    public synchronized int count() {
        return open.size();
    }

    /** Waits until there is room, then takes it. */
    synchronized void begin(String promptId) throws InterruptedException {
        forget();
        while (open.size() >= most) {
            var oldest = open.values().iterator().next();
            wait(Math.max(
                    1,
                    Duration.between(clock.instant(), oldest.plus(forgetAfter)).toMillis()));
            forget();
        }
        open.put(promptId, clock.instant());
    }

    private synchronized void end(String promptId) {
        if (open.remove(promptId) != null) {
            notifyAll();
        }
    }

    private void forget() {
        var limit = clock.instant().minus(forgetAfter);
        // entries stand in the order of their beginning
        var times = open.values().iterator();
        while (times.hasNext() && !times.next().isAfter(limit)) {
            times.remove();
        }
    }
}
