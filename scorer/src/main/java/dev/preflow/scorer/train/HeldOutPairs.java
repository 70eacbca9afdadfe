package dev.preflow.scorer.train;

import dev.preflow.scorer.store.TrainingPair;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The newest pairs of held-out prompts, to measure with; kept apart, too, for images that the policy drew, since a policy
 * under training leaves the images that VP-Score has learnt from, and its newest images show first what VP-Score no longer
 * understands. Thread-safe.
 */
final class HeldOutPairs {

    private final int capacity;
    private final Deque<TrainingPair> all = new ArrayDeque<>();
    private final Deque<TrainingPair> policy = new ArrayDeque<>();

    /**
     * No pairs yet.
     *
     * @param capacity how many of each are kept, from 1
     */
    HeldOutPairs(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("At least 1 held-out pair must be kept, not " + capacity);
        }
        this.capacity = capacity;
    }

    /**
     * Adds a pair; the oldest makes room for it.
     *
     * @param pair a pair of a held-out prompt
     */
    synchronized void add(TrainingPair pair) {
        keep(all, pair);
        if (pair.policyRelease() != null) {
            keep(policy, pair);
        }
    }

    private void keep(Deque<TrainingPair> pairs, TrainingPair pair) {
        if (pairs.size() == capacity) {
            pairs.removeFirst();
        }
        pairs.addLast(pair);
    }

    /**
     * The newest pairs.
     *
     * @return at most as many as the capacity, oldest first
     */
    synchronized List<TrainingPair> all() {
        return List.copyOf(all);
    }

    /**
     * The newest pairs with an image that the policy drew.
     *
     * @return at most as many as asked for, oldest first
     */
    synchronized List<TrainingPair> newestOfPolicy(int limit) {
        return policy.stream().skip(Math.max(0, policy.size() - limit)).toList();
    }
}
