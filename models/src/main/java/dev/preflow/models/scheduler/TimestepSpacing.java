package dev.preflow.models.scheduler;

import java.util.Locale;

/** How sampling steps are laid over the training timesteps (Lin et al. 2023, table 2). */
public enum TimestepSpacing {
    LEADING,
    TRAILING,
    LINSPACE;

    /** The spacing that a config names, for example {@code leading}. */
    static TimestepSpacing of(String name) {
        return ConfigNames.parse(TimestepSpacing.class, "timestep_spacing", name);
    }

    /** The name in a config. */
    public String configName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The timesteps of a run in ascending order.
     *
     * @param trainSteps number of training timesteps
     * @param steps number of sampling steps, from 1 to {@code trainSteps}
     * @param offset {@code steps_offset}; used by leading spacing alone
     * @return {@code steps} timesteps within {@code [0, trainSteps)}
     */
    int[] ascending(int trainSteps, int steps, int offset) {
        if (steps < 1 || steps > trainSteps) {
            throw new IllegalArgumentException("Sampling needs 1 to " + trainSteps + " steps, got " + steps);
        }
        int[] timesteps = new int[steps];
        for (int i = 0; i < steps; i++) {
            timesteps[i] = switch (this) {
                case LEADING -> i * (trainSteps / steps) + offset;
                case TRAILING -> (int) Math.rint(trainSteps - (steps - 1 - i) * (trainSteps / (double) steps)) - 1;
                case LINSPACE -> steps == 1 ? 0 : (int) Math.rint(i * ((trainSteps - 1) / (double) (steps - 1)));
            };
        }
        if (timesteps[steps - 1] >= trainSteps) {
            throw new IllegalArgumentException("steps_offset " + offset + " pushes the last of " + steps
                    + " steps beyond the " + trainSteps + " training timesteps: use fewer steps");
        }
        return timesteps;
    }
}
