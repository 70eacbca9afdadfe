package dev.preflow.models.scheduler;

import ai.djl.ndarray.NDArray;

/**
 * One run of a sampler over a batch. For {@code i} from 0 to the number of {@link #timesteps()} less one, the network is
 * asked at {@code timesteps()[i]} and its answer is given to {@link #step}. Used by one thread, in that order.
 */
public interface Denoising {
    /** The timesteps at which the network is asked, in order; there may be more of them than sampling steps. */
    int[] timesteps();

    /**
     * Takes one step.
     *
     * @param index position in {@link #timesteps()}
     * @param modelOutput the network's answer, {@code [B, C, H, W]}
     * @param sample what the network was given, same shape
     * @return the sample for the next index, in {@code sample}'s manager
     */
    NDArray step(int index, NDArray modelOutput, NDArray sample);
}
