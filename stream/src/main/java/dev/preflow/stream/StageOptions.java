package dev.preflow.stream;

import java.time.Duration;

/**
 * How much and how patiently a stage works.
 *
 * @param maxInFlight records being worked on at once, from 1; no more are taken until one ends
 * @param maxAhead records of one partition that may be known beyond its oldest unfinished one; bounds memory, and what is
 *     repeated after a crash
 * @param retry how often and how soon it tries again
 * @param drainLimit how long stopping waits for what is in flight
 * @param fromEnd whether a group that is new starts with what comes, rather than with what is there
 */
public record StageOptions(int maxInFlight, int maxAhead, RetryPolicy retry, Duration drainLimit, boolean fromEnd) {

    private static final int AHEAD_PER_IN_FLIGHT = 8;

    /** Checks the ranges. */
    public StageOptions {
        if (maxInFlight < 1) {
            throw new IllegalArgumentException("maxInFlight is " + maxInFlight + ": give at least 1");
        }
        if (maxAhead < maxInFlight) {
            throw new IllegalArgumentException(
                    "maxAhead is " + maxAhead + ": give at least maxInFlight, which is " + maxInFlight);
        }
    }

    /**
     * The default patience: {@link RetryPolicy#DEFAULT}, 8 s to drain, from the beginning of the topic.
     *
     * @param maxInFlight records being worked on at once, from 1
     * @return the options
     */
    public static StageOptions inFlight(int maxInFlight) {
        return new StageOptions(
                maxInFlight,
                Math.max(100, AHEAD_PER_IN_FLIGHT * maxInFlight),
                RetryPolicy.DEFAULT,
                Duration.ofSeconds(8),
                false);
    }

    /**
     * The same with another retry policy.
     *
     * @param policy how often and how soon it tries again
     * @return new options
     */
    public StageOptions withRetry(RetryPolicy policy) {
        return new StageOptions(maxInFlight, maxAhead, policy, drainLimit, fromEnd);
    }

    /**
     * The same with another bound on what is known ahead.
     *
     * @param records at least maxInFlight
     * @return new options
     */
    public StageOptions withMaxAhead(int records) {
        return new StageOptions(maxInFlight, records, retry, drainLimit, fromEnd);
    }

    /**
     * The same with another drain limit.
     *
     * @param limit how long stopping waits for what is in flight
     * @return new options
     */
    public StageOptions withDrainLimit(Duration limit) {
        return new StageOptions(maxInFlight, maxAhead, retry, limit, fromEnd);
    }

    /**
     * The same, but a group that is new starts with what comes.
     *
     * @return new options
     */
    public StageOptions startingAtEnd() {
        return new StageOptions(maxInFlight, maxAhead, retry, drainLimit, true);
    }
}
