package dev.preflow.models.scheduler;

/** How the noise variance beta grows over the training timesteps; the names are diffusers'. */
public enum BetaSchedule {
    LINEAR,
    SCALED_LINEAR,
    SQUAREDCOS_CAP_V2;

    private static final double MAX_BETA = 0.999;

    /** The schedule that a config names, for example {@code scaled_linear}. */
    static BetaSchedule of(String name) {
        return ConfigNames.parse(BetaSchedule.class, "beta_schedule", name);
    }

    /** The betas of {@code steps} timesteps; {@code start} and {@code end} are unused by the cosine schedule. */
    double[] betas(int steps, double start, double end) {
        double[] betas = new double[steps];
        for (int t = 0; t < steps; t++) {
            double at = steps == 1 ? 0 : t / (double) (steps - 1);
            betas[t] = switch (this) {
                case LINEAR -> start + at * (end - start);
                case SCALED_LINEAR -> square(Math.sqrt(start) + at * (Math.sqrt(end) - Math.sqrt(start)));
                case SQUAREDCOS_CAP_V2 ->
                    Math.min(
                            MAX_BETA,
                            1 - cosineAlphaBar((t + 1) / (double) steps) / cosineAlphaBar(t / (double) steps));
            };
        }
        return betas;
    }

    /** Nichol and Dhariwal 2021, equation 17. */
    private static double cosineAlphaBar(double time) {
        return square(Math.cos((time + 0.008) / 1.008 * Math.PI / 2));
    }

    private static double square(double value) {
        return value * value;
    }
}
