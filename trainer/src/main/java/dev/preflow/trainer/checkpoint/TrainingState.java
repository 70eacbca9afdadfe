package dev.preflow.trainer.checkpoint;

import java.util.List;

/**
 * What training remembers besides its weights.
 *
 * @param iteration iterations done
 * @param updates optimiser steps taken
 * @param requests rollout groups asked for, over the whole run: seeds follow from it
 * @param releaseNumber number of the release that carries these weights
 * @param consumed ids of the images trained on lately; a redelivered rollout among them is passed over
 */
public record TrainingState(long iteration, long updates, long requests, int releaseNumber, List<String> consumed) {
    /** Before the first iteration. */
    public static final TrainingState START = new TrainingState(0, 0, 0, 0, List.of());

    public TrainingState {
        consumed = List.copyOf(consumed);
    }
}
