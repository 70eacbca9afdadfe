package dev.preflow.trainer.ppo;

import dev.preflow.models.optim.LearningRate;

/**
 * How the policy is updated.
 *
 * @param updates optimiser steps per iteration
 * @param sampleShare share of an iteration's images that are trained on, in (0, 1]: those whose advantages are farthest from 0,
 *     for the others cost as much and say little (max-variance down-sampling, Xu et al. 2025, arXiv 2504.13818)
 * @param microBatch (image, step) pairs computed at once
 * @param clipRange how far the probability ratio of a step may go from 1; log-probabilities are means over dimensions, so
 *     ratios are near 1 (DDPO's script: 1e-4)
 * @param klCoefficient charge for the divergence from the reference, per step, in the same mean form
 * @param learningRate by optimiser step
 * @param maxNorm bound of the gradients' global norm
 * @param recompute whether activations are computed again in the backward pass instead of kept
 */
public record PpoOptions(
        int updates,
        double sampleShare,
        int microBatch,
        double clipRange,
        double klCoefficient,
        LearningRate learningRate,
        double maxNorm,
        boolean recompute) {

    /** Checks the ranges. */
    public PpoOptions {
        if (updates < 1 || microBatch < 1) {
            throw new IllegalArgumentException(
                    "updates = " + updates + ", microBatch = " + microBatch + ": give 1 or more");
        }
        if (!(sampleShare > 0 && sampleShare <= 1)) {
            throw new IllegalArgumentException("sampleShare = " + sampleShare + ": it must be above 0 and at most 1");
        }
        if (!(clipRange > 0) || !(klCoefficient >= 0) || !(maxNorm > 0)) {
            throw new IllegalArgumentException("clipRange = " + clipRange + ", klCoefficient = " + klCoefficient
                    + ", maxNorm = " + maxNorm + ": clipRange and maxNorm must be above 0, klCoefficient not below");
        }
    }
}
