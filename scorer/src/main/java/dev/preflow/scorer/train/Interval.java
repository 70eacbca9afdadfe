package dev.preflow.scorer.train;

import java.time.Duration;

/** Something that is done after some time, if there were steps enough meanwhile. For one thread. */
final class Interval {

    private final long nanos;
    private final long minSteps;
    private long since = System.nanoTime();
    private long fromStep;

    Interval(Duration time, long minSteps) {
        this.nanos = time.toNanos();
        this.minSteps = minSteps;
    }

    void restart(long step) {
        since = System.nanoTime();
        fromStep = step;
    }

    boolean isOver(long step) {
        return step - fromStep >= minSteps && System.nanoTime() - since >= nanos;
    }

    boolean hasSteps(long step) {
        return step > fromStep;
    }
}
