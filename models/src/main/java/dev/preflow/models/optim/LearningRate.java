package dev.preflow.models.optim;

/** A learning rate as a function of the optimiser step, so that a resumed run needs no state of its own. */
@FunctionalInterface
public interface LearningRate {
    /** The rate of a step; the first step is 0. */
    double at(long step);

    /**
     * A constant rate after a linear warm-up.
     *
     * @param peak the rate after the warm-up
     * @param warmup number of steps of the warm-up; the first of them has {@code peak / warmup}
     */
    static LearningRate constant(double peak, long warmup) {
        requireValid(peak, warmup);
        return step -> peak * warm(step, warmup);
    }

    /**
     * A linear warm-up, then half a cosine down to 0 (Loshchilov and Hutter 2017); beyond the end the rate is 0.
     *
     * @param peak the rate after the warm-up
     * @param warmup number of steps of the warm-up
     * @param total number of all steps, more than {@code warmup}
     */
    static LearningRate cosine(double peak, long warmup, long total) {
        return cosine(peak, warmup, total, 0);
    }

    /**
     * The same down to a floor, where the rate stays: for training that does not end.
     *
     * @param floor the least rate as a share of the peak, from 0 to 1
     */
    static LearningRate cosine(double peak, long warmup, long total, double floor) {
        requireValid(peak, warmup);
        if (total <= warmup) {
            throw new IllegalArgumentException(
                    "A schedule of " + total + " steps leaves none after a warm-up of " + warmup);
        }
        return step -> {
            double progress = Math.min(1, Math.max(0, (step - warmup) / (double) (total - warmup)));
            double left = 0.5 * (1 + Math.cos(Math.PI * progress));
            return peak * warm(step, warmup) * (floor + (1 - floor) * left);
        };
    }

    /**
     * A linear warm-up into a line that falls from the peak down to a floor, where the rate stays.
     *
     * @param peak the rate at the start of the line, step 0
     * @param warmup number of steps of the warm-up
     * @param horizon the step at which the line would be at 0
     * @param floor the least rate as a share of the peak, from 0 to 1
     */
    static LearningRate linear(double peak, long warmup, double horizon, double floor) {
        requireValid(peak, warmup);
        return step -> peak * warm(step, warmup) * Math.max(floor, 1 - step / horizon);
    }

    private static double warm(long step, long warmup) {
        return warmup == 0 ? 1 : Math.min(1, (step + 1) / (double) warmup);
    }

    private static void requireValid(double peak, long warmup) {
        if (!(peak >= 0) || Double.isInfinite(peak) || warmup < 0) {
            throw new IllegalArgumentException("Invalid schedule: learning rate " + peak + ", warm-up " + warmup);
        }
    }
}
