package dev.preflow.annotators.judge;

/**
 * The token-bucket algorithm over a clock that the caller holds. The level may fall below zero, for what a call used is only
 * known when it is over; then nothing more is let through until the debt is paid. Not thread-safe.
 */
final class TokenBucket {

    private static final double NANOS_PER_MINUTE = 60e9;

    private final double capacity;
    private final double perNano;
    private double level;
    private long asOf;

    /**
     * @param perMinute what flows in; 0 is no limit
     * @param capacity what can be saved up for a burst
     * @param now nanoseconds of the caller's clock
     */
    TokenBucket(int perMinute, double capacity, long now) {
        this.capacity = capacity;
        this.perNano = perMinute / NANOS_PER_MINUTE;
        this.level = capacity;
        this.asOf = now;
    }

    /** Nanoseconds until the given amount is there; 0 when it is there now. */
    long nanosUntil(double amount, long now) {
        if (perNano == 0) {
            return 0;
        }
        refill(now);
        return level >= amount ? 0 : (long) Math.ceil((amount - level) / perNano);
    }

    /** Takes an amount, whether or not it is there. */
    void take(double amount, long now) {
        if (perNano > 0) {
            refill(now);
            level -= amount;
        }
    }

    private void refill(long now) {
        level = Math.min(capacity, level + (now - asOf) * perNano);
        asOf = now;
    }
}
