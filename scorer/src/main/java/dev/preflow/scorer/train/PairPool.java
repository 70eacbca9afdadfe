package dev.preflow.scorer.train;

import dev.preflow.scorer.store.TrainingPair;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * The pairs to train on: a uniform sample of all that there ever were (reservoir sampling, Vitter's algorithm R), and those
 * that are new. Batches mix the two, so that the model follows what is drawn now without forgetting what was drawn before.
 * Thread-safe.
 */
final class PairPool {

    private final int capacity;
    private final double newShare;
    private final int run;
    private final Random random;
    private final List<TrainingPair> replay = new ArrayList<>();
    private final Deque<TrainingPair> fresh = new ArrayDeque<>();
    private long seen;

    /**
     * An empty pool.
     *
     * @param capacity how many pairs are kept for replay at most, from 1
     * @param newShare which share of a batch is new pairs, as long as there are any; from 0 to 1
     * @param run how many pairs are replayed together, from 1. Those of one annotation came one after the other and share images,
     *     each of which a step computes once: 28 pairs of 8 images cost a seventh of 28 pairs of 56
     * @param seed decides which pairs are kept
     */
    PairPool(int capacity, double newShare, int run, long seed) {
        if (capacity < 1) {
            throw new IllegalArgumentException("The pool must hold at least 1 pair, not " + capacity);
        }
        if (!(newShare >= 0 && newShare <= 1)) {
            throw new IllegalArgumentException("The share of new pairs must be from 0 to 1, not " + newShare);
        }
        this.capacity = capacity;
        this.newShare = newShare;
        this.run = run;
        this.random = new Random(seed);
    }

    /**
     * Adds pairs that were stored before this run: they are replayed, but not new.
     *
     * @param pairs a uniform sample of them
     * @param total how many there are
     */
    synchronized void restore(Collection<TrainingPair> pairs, long total) {
        pairs.forEach(this::remember);
        seen = Math.max(seen, total);
    }

    /**
     * Adds a new pair.
     *
     * @param pair the pair
     */
    synchronized void add(TrainingPair pair) {
        remember(pair);
        if (fresh.size() == capacity) {
            fresh.removeFirst();
        }
        fresh.addLast(pair);
    }

    private void remember(TrainingPair pair) {
        seen++;
        if (replay.size() < capacity) {
            replay.add(pair);
            return;
        }
        long place = random.nextLong(seen);
        if (place < capacity) {
            replay.set((int) place, pair);
        }
    }

    /**
     * Draws a batch: new pairs, oldest first, each once; and replayed ones, in runs from random places.
     *
     * @param size how many, from 1
     * @param batchRandom draws the replayed ones
     * @return the pairs
     * @throws IllegalStateException when the pool is empty
     */
    synchronized List<TrainingPair> draw(int size, Random batchRandom) {
        if (replay.isEmpty()) {
            throw new IllegalStateException("There are no pairs to train on yet");
        }
        var batch = new ArrayList<TrainingPair>(size);
        int fromFresh = Math.min(fresh.size(), (int) Math.round(newShare * size));
        for (int i = 0; i < fromFresh; i++) {
            batch.add(fresh.removeFirst());
        }
        while (batch.size() < size) {
            int from = batchRandom.nextInt(replay.size());
            for (int i = 0; i < run && batch.size() < size; i++) {
                batch.add(replay.get((from + i) % replay.size()));
            }
        }
        return batch;
    }

    /**
     * How many pairs there ever were.
     *
     * @return their number, those before this run included
     */
    synchronized long seen() {
        return seen;
    }
}
