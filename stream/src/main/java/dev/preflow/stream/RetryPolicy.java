package dev.preflow.stream;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How often and how soon a stage tries again: exponential backoff with full jitter (a uniform draw from zero to the bound), so
 * that stages which failed together do not come back together.
 *
 * @param maxAttempts attempts in all, the first included; from 1
 * @param base bound of the wait after the first attempt; doubles with every further one
 * @param max the bound's own bound
 */
public record RetryPolicy(int maxAttempts, Duration base, Duration max) {

    /** Five attempts, waiting up to 0.5, 1, 2 and 4 s between them. */
    public static final RetryPolicy DEFAULT = new RetryPolicy(5, Duration.ofMillis(500), Duration.ofSeconds(30));

    /** Bound of the first wait for an endpoint that is busy. */
    private static final Duration FIRST_OF_AN_ENDPOINT = Duration.ofSeconds(1);

    private static final int MAX_DOUBLINGS = 30;

    /** Checks the ranges. */
    public RetryPolicy {
        if (maxAttempts < 1) {
            throw new IllegalArgumentException("maxAttempts is " + maxAttempts + ": give at least 1");
        }
        if (base.isNegative() || max.compareTo(base) < 0) {
            throw new IllegalArgumentException("Backoff from " + base + " to " + max + ": give 0 <= base <= max");
        }
    }

    /**
     * For what asks an endpoint that may be busy for a while.
     *
     * @param maxAttempts attempts in all, the first included; from 1
     * @param longest longest wait between two of them
     * @return waits of up to 1, 2, 4 s and so on, none above {@code longest}
     */
    public static RetryPolicy ofEndpoint(int maxAttempts, Duration longest) {
        var first = FIRST_OF_AN_ENDPOINT.compareTo(longest) < 0 ? FIRST_OF_AN_ENDPOINT : longest;
        return new RetryPolicy(maxAttempts, first, longest);
    }

    /**
     * The wait before the next attempt.
     *
     * @param attempts attempts made, from 1
     * @param random where the jitter comes from
     * @return from zero to the bound
     */
    public Duration backoff(int attempts, RandomGenerator random) {
        long doublings = Math.min(attempts - 1, MAX_DOUBLINGS);
        long bound = Math.min(base.toMillis() << doublings, max.toMillis());
        return Duration.ofMillis(random.nextLong(bound + 1));
    }
}
