package dev.preflow.models.scheduler;

import ai.djl.ndarray.NDManager;
import java.util.Arrays;

/**
 * Pseudo linear multi-step sampling (PLMS, Liu et al. 2022), the form with {@code skip_prk_steps} that Stable Diffusion 1.x
 * ships: the first step is taken twice in place of the Runge-Kutta warm-up.
 */
public final class PndmScheduler implements Scheduler {
    private final SchedulerConfig config;
    private final NoiseSchedule noise;

    /** A sampler of the process that the config describes; its class name is not looked at. */
    public PndmScheduler(SchedulerConfig config) {
        if (config.predictionType() == PredictionType.SAMPLE) {
            throw new IllegalArgumentException("PNDMScheduler does not support prediction_type 'sample'");
        }
        this.config = config;
        this.noise = new NoiseSchedule(config);
    }

    @Override
    public NoiseSchedule noise() {
        return noise;
    }

    @Override
    public Denoising start(NDManager scope, int steps, int skipped) {
        int[] ascending = config.timestepSpacing().ascending(config.trainTimesteps(), steps, config.stepsOffset());
        int[] timesteps = new int[steps == 1 ? 1 : steps + 1];
        for (int i = 0; i < timesteps.length; i++) {
            // the second timestep is asked twice
            timesteps[i] = ascending[steps - 1 - (i < 2 ? i : i - 1)];
        }
        // a run that begins later doubles its own first step, as diffusers does
        return new PlmsRun(
                noise,
                scope,
                Arrays.copyOfRange(timesteps, skipped, timesteps.length),
                config.trainTimesteps() / steps);
    }
}
