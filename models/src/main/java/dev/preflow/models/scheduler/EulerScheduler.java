package dev.preflow.models.scheduler;

import ai.djl.ndarray.NDManager;

/** Euler's method over noise levels (Karras et al. 2022), plain or ancestral, with diffusers' treatment of timesteps. */
public final class EulerScheduler implements Scheduler {
    private final SchedulerConfig config;
    private final NoiseSchedule noise;
    private final boolean ancestral;

    /**
     * A sampler of the process that the config describes; its class name is not looked at.
     *
     * @param ancestral whether every step goes further down and then adds noise again
     */
    public EulerScheduler(SchedulerConfig config, boolean ancestral) {
        if (config.predictionType() == PredictionType.SAMPLE) {
            throw new IllegalArgumentException("Euler schedulers do not support prediction_type 'sample'");
        }
        this.config = config;
        this.noise = new NoiseSchedule(config);
        this.ancestral = ancestral;
    }

    @Override
    public NoiseSchedule noise() {
        return noise;
    }

    @Override
    public Denoising start(NDManager scope, int steps, int skipped) {
        return new EulerRun(
                SigmaSteps.euler(config, noise, steps).after(skipped),
                config.predictionType(),
                config.timestepSpacing() == TimestepSpacing.LEADING,
                ancestral);
    }
}
