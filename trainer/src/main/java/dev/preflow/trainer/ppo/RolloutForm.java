package dev.preflow.trainer.ppo;

/**
 * How rollouts are drawn.
 *
 * @param steps denoising steps
 * @param stochasticSteps the first of them that draw noise; these are trained
 * @param eta their noise as a share of DDPM's; single precision, as it travels in tasks, so that training has the very same
 */
public record RolloutForm(int steps, int stochasticSteps, float eta) {

    /** Checks the ranges. */
    public RolloutForm {
        if (steps < 1 || stochasticSteps < 1 || stochasticSteps > steps || !(eta > 0)) {
            throw new IllegalArgumentException("Rollouts of " + steps + " steps, " + stochasticSteps
                    + " of them stochastic with eta " + eta
                    + ", leave nothing to train: give 1 <= stochastic <= steps and"
                    + " eta above 0");
        }
    }
}
