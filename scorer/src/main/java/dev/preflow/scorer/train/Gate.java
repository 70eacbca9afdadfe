package dev.preflow.scorer.train;

import org.jspecify.annotations.Nullable;

/**
 * Decides whether new weights may serve: on held-out pairs they must not be worse than those that they replace, measured on
 * the same pairs at the same time. The labels are the annotator's and noisy, so even a perfect model stays below 1; and the
 * better the policy gets, the more of the newest pairs are near ties, so that accuracy falls for all models alike. Later
 * releases are compared only.
 *
 * @param minPairs how many held-out pairs there must be
 * @param minAccuracy what the first release must reach; better than a coin
 * @param slack by how much a release may be worse than the one it replaces and still pass, to stand above the noise
 */
record Gate(int minPairs, double minAccuracy, double slack) {

    /** Checks the ranges. */
    Gate {
        if (minPairs < 1) {
            throw new IllegalArgumentException("The gate needs at least 1 held-out pair, not " + minPairs);
        }
        if (!(slack >= 0)) {
            throw new IllegalArgumentException("The gate's slack must not be negative: " + slack);
        }
    }

    /**
     * Judges a candidate.
     *
     * @param candidate its accuracy, from 0 to 1
     * @param serving the accuracy of the release that it would replace; null when there is none
     * @param pairs how many pairs both were measured on
     * @return why it must not pass; null when it may
     */
    @Nullable
    String objection(double candidate, @Nullable Double serving, int pairs) {
        if (pairs < minPairs) {
            return "only %d held-out pairs, %d are needed".formatted(pairs, minPairs);
        }
        // written so that NaN does not pass
        if (serving == null && !(candidate >= minAccuracy)) {
            return "held-out accuracy %.3f is below %.3f".formatted(candidate, minAccuracy);
        }
        if (serving != null && !(candidate >= serving - slack)) {
            return "held-out accuracy %.3f is worse than the serving release's %.3f".formatted(candidate, serving);
        }
        return null;
    }
}
