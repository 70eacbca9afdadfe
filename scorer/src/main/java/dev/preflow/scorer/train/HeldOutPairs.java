package dev.preflow.scorer.train;

import dev.preflow.scorer.store.TrainingPair;
import java.util.List;

/**
 * The newest pairs of held-out prompts, to measure with; kept apart, too, for images that the policy drew, since a policy
 * under training leaves the images that VP-Score has learnt from, and its newest images show first what VP-Score no longer
 * understands. Thread-safe.
 */
final class HeldOutPairs {

    private final NewestPairs all;
    private final NewestPairs policy;

    /**
     * No pairs yet.
     *
     * @param capacity how many are kept, from 1
     * @param policyCapacity how many of the policy are kept, from 1: the fewer, the newer
     */
    HeldOutPairs(int capacity, int policyCapacity) {
        all = new NewestPairs(capacity);
        policy = new NewestPairs(policyCapacity);
    }

    /**
     * Adds a pair.
     *
     * @param pair a pair of a held-out prompt
     */
    void add(TrainingPair pair) {
        all.add(pair);
        if (pair.policyRelease() != null) {
            policy.add(pair);
        }
    }

    /** The newest pairs, oldest first. */
    List<TrainingPair> all() {
        return all.list();
    }

    /** The newest pairs with an image that the policy drew, oldest first. */
    List<TrainingPair> ofPolicy() {
        return policy.list();
    }
}
