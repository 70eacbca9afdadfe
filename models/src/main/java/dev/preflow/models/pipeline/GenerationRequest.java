package dev.preflow.models.pipeline;

import org.jspecify.annotations.Nullable;

/**
 * One image to draw. Equal requests give equal images, whatever batch they are drawn in.
 *
 * @param prompt what to draw
 * @param negativePrompt what guidance leads away from, or null for none: SDXL can tell that from an empty one
 * @param seed of all noise of this image
 * @param guidanceScale classifier-free guidance; 1 is none
 * @param steps sampling steps
 * @param stochasticSteps how many of the first steps draw noise and so have a log-probability
 * @param eta noise of those steps as a share of DDPM's
 */
public record GenerationRequest(
        String prompt,
        @Nullable String negativePrompt,
        long seed,
        double guidanceScale,
        int steps,
        int stochasticSteps,
        double eta) {

    /** Checks the ranges. */
    public GenerationRequest {
        if (steps < 1 || stochasticSteps < 0 || stochasticSteps > steps) {
            throw new IllegalArgumentException("steps = " + steps + ", stochasticSteps = " + stochasticSteps
                    + ": give 0 <= stochasticSteps <= steps");
        }
        if (!(guidanceScale >= 0) || !(eta >= 0) || (stochasticSteps > 0 && eta == 0)) {
            throw new IllegalArgumentException("guidanceScale = " + guidanceScale + ", eta = " + eta
                    + ": neither may be negative, and stochastic steps need an eta above 0");
        }
    }

    /** A request without stochastic steps and without a negative prompt. */
    public static GenerationRequest of(String prompt, long seed, double guidanceScale, int steps) {
        return new GenerationRequest(prompt, null, seed, guidanceScale, steps, 0, 0);
    }

    boolean guided() {
        return guidanceScale != 1;
    }
}
