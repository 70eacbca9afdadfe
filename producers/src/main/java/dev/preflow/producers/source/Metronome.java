package dev.preflow.producers.source;

import java.util.concurrent.TimeUnit;

/** Keeps one thread to a rate. Time lost is not made good: a source that stalled does not come back in a burst. */
final class Metronome {

    private final long interval;
    private long next = System.nanoTime();

    Metronome(double perSecond) {
        this.interval = (long) (TimeUnit.SECONDS.toNanos(1) / perSecond);
    }

    /** Waits for the next beat. */
    void await() throws InterruptedException {
        long wait = next - System.nanoTime();
        if (wait > 0) {
            TimeUnit.NANOSECONDS.sleep(wait);
        }
        next = Math.max(next, System.nanoTime()) + interval;
    }
}
