package dev.preflow.producers.source;

/**
 * How fast a source is fed.
 *
 * @param perSecond most prompts per second, above 0; infinite for as fast as possible
 * @param open bounds the prompts that have not ended yet
 */
public record FeedPace(double perSecond, OpenPrompts open) {

    /** Checks the range. */
    public FeedPace {
        if (!(perSecond > 0)) {
            throw new IllegalArgumentException("Prompts are fed at a rate above 0 per second, not at " + perSecond);
        }
    }

    /**
     * As fast as Kafka takes them.
     *
     * @return the pace
     */
    public static FeedPace unlimited() {
        return new FeedPace(Double.POSITIVE_INFINITY, OpenPrompts.unbounded());
    }
}
