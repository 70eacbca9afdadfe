package dev.preflow.models.scheduler;

import ai.djl.ndarray.NDManager;

/** DPM-Solver++ 2M (Lu et al. 2022, algorithm 2), with diffusers' treatment of timesteps and of the last step. */
public final class DpmSolverScheduler implements Scheduler {
    private final SchedulerConfig config;
    private final NoiseSchedule noise;

    /** A sampler of the process that the config describes; its class name is not looked at. */
    public DpmSolverScheduler(SchedulerConfig config) {
        this.config = config;
        this.noise = new NoiseSchedule(config);
    }

    @Override
    public NoiseSchedule noise() {
        return noise;
    }

    @Override
    public Denoising start(NDManager scope, int steps, int skipped) {
        return new DpmSolverRun(
                SigmaSteps.dpmSolver(config, noise, steps).after(skipped), config.predictionType(), scope);
    }
}
