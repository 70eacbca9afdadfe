package dev.preflow.models.reward;

import ai.djl.ndarray.NDArray;
import dev.preflow.models.tensor.Ops;

/** The Bradley-Terry model of preferences: the better of two wins with probability sigmoid(difference of scores). */
public final class BradleyTerry {
    private BradleyTerry() {}

    /**
     * The mean of {@code -log sigmoid(better - worse)} over pairs (PAPER 3.1).
     *
     * @param scores of all images, [B]
     * @param better index of the better image of each pair
     * @param worse index of the worse image of each pair
     * @return a scalar; gradients flow through
     */
    public static NDArray loss(NDArray scores, int[] better, int[] worse) {
        return Ops.logSigmoid(BlipOps.gaps(scores, better, worse)).mean().neg();
    }

    /** The share of pairs whose better image has the higher score; a tie counts as wrong. */
    public static double accuracy(float[] scores, int[] better, int[] worse) {
        int right = 0;
        for (int i = 0; i < better.length; i++) {
            right += scores[better[i]] > scores[worse[i]] ? 1 : 0;
        }
        return right / (double) better.length;
    }
}
