package dev.preflow.scorer.train;

import dev.preflow.scorer.store.TrainingPair;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The newest pairs: the oldest makes room for the next. Thread-safe. */
final class NewestPairs {

    private final int capacity;
    private final Deque<TrainingPair> pairs = new ArrayDeque<>();

    /**
     * No pairs yet.
     *
     * @param capacity how many are kept, from 1
     */
    NewestPairs(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("At least 1 pair must be kept, not " + capacity);
        }
        this.capacity = capacity;
    }

    synchronized void add(TrainingPair pair) {
        if (pairs.size() == capacity) {
            pairs.removeFirst();
        }
        pairs.addLast(pair);
    }

    /** A snapshot, oldest first. */
    synchronized List<TrainingPair> list() {
        return List.copyOf(pairs);
    }
}
