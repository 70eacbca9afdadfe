package dev.preflow.models.scheduler;

import ai.djl.ndarray.NDManager;
import java.util.Arrays;

/** Denoising diffusion implicit models (Song et al. 2021), with diffusers' treatment of timesteps. */
public final class DdimScheduler implements Scheduler {
    private final SchedulerConfig config;
    private final NoiseSchedule noise;

    /** A sampler of the process that the config describes; its class name is not looked at. */
    public DdimScheduler(SchedulerConfig config) {
        this.config = config;
        this.noise = new NoiseSchedule(config);
    }

    @Override
    public NoiseSchedule noise() {
        return noise;
    }

    @Override
    public DdimRun start(NDManager scope, int steps, int skipped) {
        return run(new double[steps], skipped);
    }

    /**
     * A run whose first steps are stochastic. The run is immutable: sampling and training may share it.
     *
     * @param steps number of sampling steps
     * @param stochasticSteps how many of the first steps draw noise, 0 to {@code steps}
     * @param eta noise of those steps as a share of DDPM's, 0 to 1 in the literature, larger is allowed while the variance fits
     */
    public DdimRun run(int steps, int stochasticSteps, double eta) {
        if (stochasticSteps < 0 || stochasticSteps > steps || !(eta >= 0)) {
            throw new IllegalArgumentException(
                    "A run of " + steps + " steps cannot have " + stochasticSteps + " stochastic ones with eta " + eta);
        }
        double[] etas = new double[steps];
        Arrays.fill(etas, 0, stochasticSteps, eta);
        return run(etas);
    }

    /** A run with one eta per step; 0 makes a step deterministic. */
    public DdimRun run(double[] etas) {
        return run(etas, 0);
    }

    /** The same without the first steps. */
    DdimRun run(double[] etas, int skipped) {
        int steps = etas.length;
        int[] ascending = config.timestepSpacing().ascending(config.trainTimesteps(), steps, config.stepsOffset());
        int stride = config.trainTimesteps() / steps;
        DdimStep[] plan = new DdimStep[steps - skipped];
        for (int i = 0; i < plan.length; i++) {
            int timestep = ascending[steps - 1 - skipped - i];
            plan[i] = DdimStep.of(noise, timestep, timestep - stride, etas[skipped + i]);
        }
        return new DdimRun(
                noise, plan, config.clipSample() ? (float) config.clipSampleRange() : Float.POSITIVE_INFINITY);
    }
}
