package dev.preflow.models.scheduler;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A sampler: turns noise into a sample by calls of the denoising network. Immutable, shared by threads. */
public interface Scheduler {
    /** The forward process that is being reversed. */
    NoiseSchedule noise();

    /**
     * Begins a run from pure noise.
     *
     * @param scope where the run keeps what it remembers between steps; it lives as long as the run
     * @param steps number of sampling steps
     */
    default Denoising start(NDManager scope, int steps) {
        return start(scope, steps, 0);
    }

    /**
     * Begins a run from a sample that already holds less noise: see {@link Denoising#noisy}.
     *
     * @param scope where the run keeps what it remembers between steps; it lives as long as the run
     * @param steps number of sampling steps of a run from pure noise
     * @param skipped how many of that run's {@link Denoising#times()} are left out at its noisy end, fewer than there are
     */
    Denoising start(NDManager scope, int steps, int skipped);

    /**
     * The sampler that a diffusers {@code scheduler_config.json} names.
     *
     * @throws IllegalArgumentException if the class or an option is not supported
     */
    static Scheduler load(Path file) throws IOException {
        return of(SchedulerConfig.load(file));
    }

    /** The sampler that a config names. */
    static Scheduler of(SchedulerConfig config) {
        return switch (config.className()) {
            case SchedulerConfig.DDIM -> new DdimScheduler(config);
            case SchedulerConfig.DDPM -> new DdpmScheduler(config);
            case SchedulerConfig.PNDM -> new PndmScheduler(config);
            case SchedulerConfig.EULER -> new EulerScheduler(config, false);
            case SchedulerConfig.EULER_ANCESTRAL -> new EulerScheduler(config, true);
            case SchedulerConfig.DPM_SOLVER -> new DpmSolverScheduler(config);
            default ->
                throw new IllegalArgumentException("Scheduler class '" + config.className()
                        + "' is not supported; supported are "
                        + List.of(
                                SchedulerConfig.DDIM,
                                SchedulerConfig.DDPM,
                                SchedulerConfig.PNDM,
                                SchedulerConfig.EULER,
                                SchedulerConfig.EULER_ANCESTRAL,
                                SchedulerConfig.DPM_SOLVER));
        };
    }
}
