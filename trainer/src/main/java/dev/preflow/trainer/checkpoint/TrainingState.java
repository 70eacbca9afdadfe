package dev.preflow.trainer.checkpoint;

import java.util.List;
import java.util.Map;

/**
 * What training remembers besides its weights.
 *
 * @param iteration iterations done
 * @param updates optimiser steps taken since training began, or began anew
 * @param requests rollout groups asked for, over the whole run: seeds follow from it
 * @param consumed names of the rollout groups dealt with lately; redelivered rollouts of them are passed over
 * @param figures what the last iteration that changed the weights measured; their release carries it
 */
public record TrainingState(
        long iteration, long updates, long requests, List<String> consumed, Map<String, Double> figures) {
    /** Before the first iteration. */
    public static final TrainingState START = new TrainingState(0, 0, 0, List.of(), Map.of());

    /** Copies the collections. */
    public TrainingState {
        consumed = List.copyOf(consumed);
        figures = Map.copyOf(figures);
    }

    /** The same after more groups have been asked for. */
    public TrainingState withRequests(long count) {
        return new TrainingState(iteration, updates, count, consumed, figures);
    }
}
