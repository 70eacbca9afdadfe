package dev.preflow.models.scheduler;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.function.ToDoubleFunction;

/**
 * The steps of one DDIM sampling. Holds no state: sampling draws from {@link #distribution} and training evaluates the same
 * distribution at the stored samples, so before the first update both give the same log-probability.
 */
public final class DdimRun implements Denoising {
    private final NoiseSchedule schedule;
    private final DdimStep[] steps;
    private final float clip;

    DdimRun(NoiseSchedule schedule, DdimStep[] steps, float clip) {
        this.schedule = schedule;
        this.steps = steps;
        this.clip = clip;
    }

    /** The training timesteps at which the network is asked, in order. */
    public int[] timesteps() {
        return Arrays.stream(steps).mapToInt(DdimStep::timestep).toArray();
    }

    @Override
    public double[] times() {
        return Arrays.stream(steps).mapToDouble(DdimStep::timestep).toArray();
    }

    @Override
    public NDArray noisy(NDArray clean, NDArray noise) {
        return schedule.addNoise(clean, noise, steps[0].timestep());
    }

    /** Whether a step draws noise. Only such steps have a log-probability. */
    @Override
    public boolean isStochastic(int index) {
        return steps[index].std() > 0;
    }

    /** Standard deviation of a step; 0 if it is deterministic. */
    public float std(int index) {
        return steps[index].std();
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if the step is stochastic: draw from {@link #distribution} then
     */
    @Override
    public NDArray step(int index, NDArray modelOutput, NDArray sample) {
        if (isStochastic(index)) {
            throw new IllegalStateException("Step " + index + " is stochastic: draw from its distribution");
        }
        return mean(repeated(index, sample), modelOutput, sample);
    }

    @Override
    public GaussianStep distribution(int index, NDArray modelOutput, NDArray sample) {
        return distribution(repeated(index, sample), modelOutput, sample);
    }

    private static int[] repeated(int value, NDArray sample) {
        int[] values = new int[Math.toIntExact(sample.getShape().get(0))];
        Arrays.fill(values, value);
        return values;
    }

    /**
     * The Gaussians that a batch of steps draws from; the samples may be at different steps.
     *
     * @param indices the step of each sample, positions in {@link #timesteps()}
     * @param modelOutput the network's answers, {@code [B, C, H, W]}; gradients flow through
     * @param sample what the network was given, same shape
     */
    public GaussianStep distribution(int[] indices, NDArray modelOutput, NDArray sample) {
        return new GaussianStep(mean(indices, modelOutput, sample), coefficients(sample, indices, step -> step.std()));
    }

    private NDArray mean(int[] indices, NDArray modelOutput, NDArray sample) {
        if (indices.length != sample.getShape().get(0)) {
            throw new IllegalArgumentException(
                    indices.length + " step indices for a batch of shape " + sample.getShape());
        }
        NDArray clean = combine(indices, sample, DdimStep::cleanOfSample, modelOutput, DdimStep::cleanOfOutput);
        if (Float.isFinite(clip)) {
            clean = clean.clip(-clip, clip);
        }
        NDArray noise = combine(indices, sample, DdimStep::noiseOfSample, modelOutput, DdimStep::noiseOfOutput);
        return combine(indices, clean, DdimStep::meanOfClean, noise, DdimStep::meanOfNoise);
    }

    private NDArray combine(
            int[] indices,
            NDArray first,
            ToDoubleFunction<DdimStep> ofFirst,
            NDArray second,
            ToDoubleFunction<DdimStep> ofSecond) {
        return first.mul(coefficients(first, indices, ofFirst))
                .add(second.mul(coefficients(second, indices, ofSecond)));
    }

    private NDArray coefficients(NDArray like, int[] indices, ToDoubleFunction<DdimStep> value) {
        float[] values = new float[indices.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) value.applyAsDouble(steps[indices[i]]);
        }
        return PerSample.tensor(like, values);
    }
}
