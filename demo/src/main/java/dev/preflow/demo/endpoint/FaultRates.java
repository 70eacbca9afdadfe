package dev.preflow.demo.endpoint;

/**
 * How often a request meets a fault; probabilities that sum to at most 1, at most one fault befalls a request.
 *
 * @param rateLimited answered 429 with Retry-After
 * @param serverError answered 500
 * @param malformed answered with a completion that holds no usable ratings
 * @param slowDrip answered rightly but a few bytes at a time
 * @param refusal refused with {@code finish_reason: content_filter}
 */
public record FaultRates(double rateLimited, double serverError, double malformed, double slowDrip, double refusal) {
    /** No faults. */
    public static final FaultRates NONE = new FaultRates(0, 0, 0, 0, 0);

    public FaultRates {
        double[] rates = {rateLimited, serverError, malformed, slowDrip, refusal};
        double sum = 0;
        for (double rate : rates) {
            if (!(rate >= 0)) {
                throw new IllegalArgumentException("a fault rate must be 0 or more, not " + rate);
            }
            sum += rate;
        }
        if (sum > 1 + 1e-9) {
            throw new IllegalArgumentException("fault rates must sum to at most 1, not " + sum);
        }
    }

    /** The fault of a request, chosen by a uniform number from 0 to 1. */
    Fault at(double uniform) {
        double edge = rateLimited;
        if (uniform < edge) {
            return Fault.RATE_LIMITED;
        }
        edge += serverError;
        if (uniform < edge) {
            return Fault.SERVER_ERROR;
        }
        edge += malformed;
        if (uniform < edge) {
            return Fault.MALFORMED;
        }
        edge += slowDrip;
        if (uniform < edge) {
            return Fault.SLOW_DRIP;
        }
        return uniform < edge + refusal ? Fault.REFUSAL : Fault.NONE;
    }
}
