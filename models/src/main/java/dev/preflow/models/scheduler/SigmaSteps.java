package dev.preflow.models.scheduler;

import ai.djl.ndarray.NDArray;
import dev.preflow.models.tensor.Ops;
import java.util.Arrays;

/**
 * The noise levels of a sampling in the terms of Karras et al. 2022: {@code sigma = sqrt((1 - alphaBar) / alphaBar)}, the noise
 * beside a signal of unit scale. Spacing and interpolation follow diffusers' samplers.
 *
 * @param times the training timesteps that belong to the levels, from noisy to clean
 * @param sigmas the levels, and a last one that is 0
 */
record SigmaSteps(double[] times, double[] sigmas) {
    /** Karras et al. 2022, table 1. */
    private static final double RHO = 7;
    /** In place of a signal of 0, whose sigma would be infinite. */
    private static final double LEAST_ALPHA_BAR = Math.pow(2, -24);

    /** The levels of diffusers' Euler samplers. */
    static SigmaSteps euler(SchedulerConfig config, NoiseSchedule noise, int steps) {
        int train = config.trainTimesteps();
        double[] times = new double[steps];
        for (int i = 0; i < steps; i++) {
            times[i] = switch (config.timestepSpacing()) {
                case LINSPACE -> steps == 1 ? 0 : (float) ((steps - 1 - i) * ((train - 1) / (double) (steps - 1)));
                case LEADING -> (steps - 1 - i) * (train / steps) + config.stepsOffset();
                case TRAILING -> Math.rint(train - i * (train / (double) steps)) - 1;
            };
        }
        return of(config, noise, times, false);
    }

    /** The levels of diffusers' DPM-Solver++, which lays one step more and leaves the last away. */
    static SigmaSteps dpmSolver(SchedulerConfig config, NoiseSchedule noise, int steps) {
        int train = config.trainTimesteps();
        double[] times = new double[steps];
        for (int i = 0; i < steps; i++) {
            times[i] = switch (config.timestepSpacing()) {
                case LINSPACE -> Math.rint((steps - i) * ((train - 1) / (double) steps));
                case LEADING -> (steps - i) * (train / (steps + 1)) + config.stepsOffset();
                case TRAILING -> Math.rint(train - i * (train / (double) steps)) - 1;
            };
        }
        return of(config, noise, times, true);
    }

    /** @param whole whether times are whole, and Karras' levels span the whole training instead of the steps laid */
    private static SigmaSteps of(SchedulerConfig config, NoiseSchedule noise, double[] laid, boolean whole) {
        int steps = laid.length;
        if (steps < 1 || laid[0] > config.trainTimesteps() - 1) {
            throw new IllegalArgumentException("Sampling of " + steps + " steps begins beyond the "
                    + config.trainTimesteps() + " training timesteps: give 1 or more, or fewer steps");
        }
        double[] all = new double[config.trainTimesteps()];
        Arrays.setAll(all, t -> sigma(Math.max(noise.alphaBar(t), LEAST_ALPHA_BAR)));
        double[] times = laid;
        double[] sigmas = new double[steps + 1];
        for (int i = 0; i < steps; i++) {
            int below = (int) laid[i];
            double share = laid[i] - below;
            sigmas[i] = share == 0 ? all[below] : all[below] * (1 - share) + all[below + 1] * share;
        }
        if (config.karrasSigmas()) {
            double most = Math.pow(whole ? all[all.length - 1] : sigmas[0], 1 / RHO);
            double least = Math.pow(whole ? all[0] : sigmas[steps - 1], 1 / RHO);
            times = new double[steps];
            for (int i = 0; i < steps; i++) {
                double ramp = steps == 1 ? 0 : i / (double) (steps - 1);
                sigmas[i] = Math.pow(most + ramp * (least - most), RHO);
                double time = time(sigmas[i], all);
                times[i] = whole ? Math.rint(time) : time;
            }
        }
        return new SigmaSteps(times, sigmas);
    }

    /** The levels without the first ones. */
    SigmaSteps after(int skipped) {
        return new SigmaSteps(
                Arrays.copyOfRange(times, skipped, times.length), Arrays.copyOfRange(sigmas, skipped, sigmas.length));
    }

    /** A clean sample with noise of the first level, at unit variance. */
    NDArray noisy(NDArray clean, NDArray noise) {
        return Ops.scale(clean, scale(0)).add(Ops.scale(noise, sigmas[0] * scale(0)));
    }

    private static double sigma(double alphaBar) {
        return Math.sqrt((1 - alphaBar) / alphaBar);
    }

    /** The timestep of a level, between two of the training on the scale of logarithms. */
    private static double time(double sigma, double[] all) {
        int low = 0;
        while (low < all.length - 2 && all[low + 1] <= sigma) {
            low++;
        }
        double share = (Math.log(all[low]) - Math.log(sigma)) / (Math.log(all[low]) - Math.log(all[low + 1]));
        return low + Math.max(0, Math.min(1, share));
    }

    /** The signal's scale at a level if the whole has unit variance: {@code 1 / sqrt(1 + sigma^2)}. */
    double scale(int index) {
        return 1 / Math.sqrt(1 + sigmas[index] * sigmas[index]);
    }
}
