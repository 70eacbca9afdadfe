package dev.preflow.models.scheduler;

import ai.djl.ndarray.NDManager;
import java.util.Arrays;

/**
 * Ancestral sampling of denoising diffusion probabilistic models (Ho et al. 2020, algorithm 2) with the smaller of its two
 * variances: what DDIM does when every step has eta 1 (Song et al. 2021, section 4.1).
 */
public final class DdpmScheduler implements Scheduler {
    private final DdimScheduler ddim;

    /** A sampler of the process that the config describes; its class name is not looked at. */
    public DdpmScheduler(SchedulerConfig config) {
        this.ddim = new DdimScheduler(config);
    }

    @Override
    public NoiseSchedule noise() {
        return ddim.noise();
    }

    @Override
    public Denoising start(NDManager scope, int steps, int skipped) {
        double[] etas = new double[steps];
        Arrays.fill(etas, 1);
        return ddim.run(etas, skipped);
    }
}
