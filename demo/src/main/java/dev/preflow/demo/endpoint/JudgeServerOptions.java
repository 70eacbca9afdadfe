package dev.preflow.demo.endpoint;

import java.time.Duration;

/**
 * How the endpoint behaves.
 *
 * @param host the address to listen on
 * @param port the port, 0 for any free one
 * @param threads worker threads that judge
 * @param concurrency requests in flight beyond which it answers 429
 * @param latency mean time that an answer is held back, as a large model would take
 * @param jitter share of the latency by which it varies evenly to both sides, 0 to 1
 * @param ratingNoise standard deviation of the Gaussian added to an aspect's score before it is rounded to 1–5
 * @param seed of noise and faults; the same picture, prompt and aspect always get the same noise
 * @param faults how often what goes wrong
 * @param retryAfter what a 429 asks for; whole seconds
 * @param dripInterval pause between the pieces of a slow drip
 * @param limits the largest requests that are looked at
 */
public record JudgeServerOptions(
        String host,
        int port,
        int threads,
        int concurrency,
        Duration latency,
        double jitter,
        double ratingNoise,
        long seed,
        FaultRates faults,
        Duration retryAfter,
        Duration dripInterval,
        Limits limits) {

    /**
     * The largest requests that are looked at.
     *
     * @param bodyBytes bytes of a request's body
     * @param images images of a request
     * @param pixels pixels of an image, by its header
     */
    public record Limits(int bodyBytes, int images, int pixels) {
        /** 32 MiB, 16 images, 16 megapixels. */
        public static final Limits DEFAULT = new Limits(32 << 20, 16, 16_000_000);
    }

    public JudgeServerOptions {
        if (threads < 1 || concurrency < 1) {
            throw new IllegalArgumentException(
                    "threads and concurrency must be at least 1, not " + threads + " and " + concurrency);
        }
        if (!(jitter >= 0 && jitter <= 1)) {
            throw new IllegalArgumentException("jitter must be a share from 0 to 1, not " + jitter);
        }
        if (!(ratingNoise >= 0)) {
            throw new IllegalArgumentException("rating noise must be 0 or more, not " + ratingNoise);
        }
    }

    /**
     * On loopback at any free port, at once, without faults, with the demo's rating noise of 0.3: nine of
     * ten ratings are what the judge thinks. With 0.5 most pairs of flawless pictures have a winner by chance.
     */
    public static JudgeServerOptions demo() {
        return new JudgeServerOptions(
                "127.0.0.1",
                0,
                1,
                64,
                Duration.ZERO,
                0.3,
                0.3,
                1,
                FaultRates.NONE,
                Duration.ofSeconds(1),
                Duration.ofMillis(500),
                Limits.DEFAULT);
    }

    /** The same on another address. */
    public JudgeServerOptions withHost(String newHost) {
        return new JudgeServerOptions(
                newHost,
                port,
                threads,
                concurrency,
                latency,
                jitter,
                ratingNoise,
                seed,
                faults,
                retryAfter,
                dripInterval,
                limits);
    }

    /** The same on another port. */
    public JudgeServerOptions withPort(int newPort) {
        return new JudgeServerOptions(
                host,
                newPort,
                threads,
                concurrency,
                latency,
                jitter,
                ratingNoise,
                seed,
                faults,
                retryAfter,
                dripInterval,
                limits);
    }

    /** The same with another number of worker threads and of requests in flight. */
    public JudgeServerOptions withConcurrency(int newThreads, int newConcurrency) {
        return new JudgeServerOptions(
                host,
                port,
                newThreads,
                newConcurrency,
                latency,
                jitter,
                ratingNoise,
                seed,
                faults,
                retryAfter,
                dripInterval,
                limits);
    }

    /** The same with another latency. */
    public JudgeServerOptions withLatency(Duration newLatency) {
        return new JudgeServerOptions(
                host,
                port,
                threads,
                concurrency,
                newLatency,
                jitter,
                ratingNoise,
                seed,
                faults,
                retryAfter,
                dripInterval,
                limits);
    }

    /** The same with other rating noise and seed. */
    public JudgeServerOptions withNoise(double newNoise, long newSeed) {
        return new JudgeServerOptions(
                host,
                port,
                threads,
                concurrency,
                latency,
                jitter,
                newNoise,
                newSeed,
                faults,
                retryAfter,
                dripInterval,
                limits);
    }

    /** The same with other faults. */
    public JudgeServerOptions withFaults(FaultRates newFaults, Duration newDripInterval) {
        return new JudgeServerOptions(
                host,
                port,
                threads,
                concurrency,
                latency,
                jitter,
                ratingNoise,
                seed,
                newFaults,
                retryAfter,
                newDripInterval,
                limits);
    }

    /** The same with other limits. */
    public JudgeServerOptions withLimits(Limits newLimits) {
        return new JudgeServerOptions(
                host,
                port,
                threads,
                concurrency,
                latency,
                jitter,
                ratingNoise,
                seed,
                faults,
                retryAfter,
                dripInterval,
                newLimits);
    }
}
