package dev.preflow.models.scheduler;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * The forward process of a diffusion model: how much signal and how much noise a sample holds at each training timestep.
 * Immutable.
 */
public final class NoiseSchedule {
    private final PredictionType predictionType;
    private final double[] alphaBars;
    private final double finalAlphaBar;

    /** The schedule that a config describes. */
    public NoiseSchedule(SchedulerConfig config) {
        predictionType = config.predictionType();
        double[] betas = config.betaSchedule().betas(config.trainTimesteps(), config.betaStart(), config.betaEnd());
        alphaBars = new double[betas.length];
        double product = 1;
        for (int t = 0; t < betas.length; t++) {
            product *= 1 - betas[t];
            alphaBars[t] = product;
        }
        if (config.zeroTerminalSnr()) {
            stretch(alphaBars);
        }
        finalAlphaBar = config.setAlphaToOne() ? 1 : alphaBars[0];
    }

    /** Shifts and scales the square roots so that the last is 0 and the first stays (Lin et al. 2023, algorithm 1). */
    private static void stretch(double[] alphaBars) {
        double first = Math.sqrt(alphaBars[0]);
        double last = Math.sqrt(alphaBars[alphaBars.length - 1]);
        for (int t = 0; t < alphaBars.length; t++) {
            double root = (Math.sqrt(alphaBars[t]) - last) * first / (first - last);
            alphaBars[t] = root * root;
        }
    }

    /** Number of training timesteps. */
    public int trainTimesteps() {
        return alphaBars.length;
    }

    /** What the network predicts. */
    public PredictionType predictionType() {
        return predictionType;
    }

    /** The cumulative product of alphas at a timestep; a negative timestep is the end of sampling. */
    public double alphaBar(int timestep) {
        return timestep < 0 ? finalAlphaBar : alphaBars[timestep];
    }

    /**
     * Draws from the forward process: {@code sqrt(alphaBar) clean + sqrt(1 - alphaBar) noise} (Ho et al. 2020, equation 4).
     *
     * @param clean clean samples, {@code [B, C, H, W]}
     * @param noise standard normal, same shape
     * @param timesteps one per sample
     */
    public NDArray addNoise(NDArray clean, NDArray noise, int[] timesteps) {
        return clean.mul(signal(clean, timesteps)).add(noise.mul(noiseScale(noise, timesteps)));
    }

    /** The same at one timestep for all samples. */
    public NDArray addNoise(NDArray clean, NDArray noise, int timestep) {
        int[] timesteps = new int[Math.toIntExact(clean.getShape().get(0))];
        Arrays.fill(timesteps, timestep);
        return addNoise(clean, noise, timesteps);
    }

    /**
     * What the network should answer for {@link #addNoise}: the noise, the velocity
     * {@code sqrt(alphaBar) noise - sqrt(1 - alphaBar) clean}, or the clean sample.
     */
    public NDArray target(NDArray clean, NDArray noise, int[] timesteps) {
        return switch (predictionType) {
            case EPSILON -> noise;
            case SAMPLE -> clean;
            case V_PREDICTION -> noise.mul(signal(noise, timesteps)).sub(clean.mul(noiseScale(clean, timesteps)));
        };
    }

    private NDArray signal(NDArray like, int[] timesteps) {
        return perSample(like, timesteps, Math::sqrt);
    }

    private NDArray noiseScale(NDArray like, int[] timesteps) {
        return perSample(like, timesteps, alphaBar -> Math.sqrt(1 - alphaBar));
    }

    private NDArray perSample(NDArray like, int[] timesteps, DoubleUnaryOperator ofAlphaBar) {
        if (timesteps.length != like.getShape().get(0)) {
            throw new IllegalArgumentException(
                    timesteps.length + " timesteps for a batch of shape " + like.getShape() + ": give one per sample");
        }
        float[] values = new float[timesteps.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) ofAlphaBar.applyAsDouble(alphaBar(timesteps[i]));
        }
        return PerSample.tensor(like, values);
    }
}
