package dev.preflow.annotators.judge;

/**
 * How much an endpoint may be asked.
 *
 * @param concurrency calls at the same time, from 1
 * @param requestsPerMinute calls per minute; 0 is no limit
 * @param tokensPerMinute tokens per minute, of requests and replies together; 0 is no limit
 */
public record JudgeLimits(int concurrency, int requestsPerMinute, int tokensPerMinute) {

    /** Checks the ranges. */
    public JudgeLimits {
        if (concurrency < 1) {
            throw new IllegalArgumentException("The judge's concurrency must be 1 or more, not " + concurrency);
        }
        if (requestsPerMinute < 0 || tokensPerMinute < 0) {
            throw new IllegalArgumentException("A limit per minute of the judge must be 0 (no limit) or above");
        }
    }
}
