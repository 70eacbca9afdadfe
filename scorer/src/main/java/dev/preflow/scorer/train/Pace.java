package dev.preflow.scorer.train;

import java.time.Duration;

/**
 * How much is trained: no more than the data is worth, and no more of the processor than granted.
 *
 * @param passes how often each pair is trained on, on average, at most
 * @param dutyCycle the share of the time that is spent training, above 0 up to 1
 * @param minPairs how many pairs there must be at first
 */
record Pace(double passes, double dutyCycle, int minPairs) {

    /** Checks the ranges. */
    Pace {
        if (!(passes > 0)) {
            throw new IllegalArgumentException("The passes over each pair must be above 0, not " + passes);
        }
        if (!(dutyCycle > 0 && dutyCycle <= 1)) {
            throw new IllegalArgumentException("The duty cycle must be above 0 and at most 1, not " + dutyCycle);
        }
    }

    /**
     * Whether there is something to learn.
     *
     * @param drawn how many pairs were trained on, repetitions included
     * @param batch how many the next step trains on
     * @param pairs how many pairs there are
     * @return whether the next step stays within the passes
     */
    boolean allows(long drawn, int batch, long pairs) {
        return pairs >= minPairs && drawn + batch <= passes * pairs;
    }

    /**
     * How long to rest after work.
     *
     * @param worked how long the work took
     * @return the pause that keeps the duty cycle
     */
    Duration rest(Duration worked) {
        return Duration.ofNanos((long) (worked.toNanos() * (1 - dutyCycle) / dutyCycle));
    }
}
