package dev.preflow.models.scheduler;

import ai.djl.ndarray.NDArray;

/**
 * One run of a sampler over a batch. For {@code i} from 0 to the number of {@link #times()} less one, the network is asked at
 * {@code times()[i]} and its answer is given to {@link #step} or, where the step is stochastic, to {@link #distribution}. Used
 * by one thread, in that order. Samples are kept at the scale that the network wants: of unit variance, whatever the noise.
 */
public interface Denoising {
    /**
     * The training timesteps at which the network is asked, in order; some samplers ask between two of them. There may be more
     * of them than sampling steps.
     */
    double[] times();

    /** What standard normal noise is multiplied by before the first step. */
    default double initialScale() {
        return 1;
    }

    /**
     * The sample with which a run begins that starts from a clean one: with noise of the first step's level.
     *
     * @param clean {@code [B, C, H, W]}
     * @param noise standard normal, same shape
     * @return same shape, in {@code clean}'s manager
     */
    NDArray noisy(NDArray clean, NDArray noise);

    /** Whether a step draws noise: then there is a {@link #distribution} to draw from. */
    default boolean isStochastic(int index) {
        return false;
    }

    /**
     * What a stochastic step draws from; arguments as for {@link #step}.
     *
     * @throws IllegalStateException if the step is deterministic
     */
    default GaussianStep distribution(int index, NDArray modelOutput, NDArray sample) {
        throw new IllegalStateException("Step " + index + " is deterministic");
    }

    /**
     * Takes one deterministic step.
     *
     * @param index position in {@link #times()}
     * @param modelOutput the network's answer, {@code [B, C, H, W]}
     * @param sample what the network was given, same shape
     * @return the sample for the next index, in {@code sample}'s manager
     * @throws IllegalStateException if the step is stochastic
     */
    NDArray step(int index, NDArray modelOutput, NDArray sample);
}
