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
 * @param size of the image, or null for the size that the model was trained on
 * @param start the image to begin from, or null to begin from noise
 * @param framing what SDXL is told of the image's framing, or null for an image of its own size that nothing was cut off
 */
public record GenerationRequest(
        String prompt,
        @Nullable String negativePrompt,
        long seed,
        double guidanceScale,
        int steps,
        int stochasticSteps,
        double eta,
        @Nullable ImageSize size,
        @Nullable StartImage start,
        @Nullable Framing framing) {

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
        if (start != null) {
            requireStart(start, size, steps, stochasticSteps);
        }
    }

    private static void requireStart(StartImage start, @Nullable ImageSize size, int steps, int stochasticSteps) {
        if (start.skipped(steps) == steps) {
            throw new IllegalArgumentException("strength = " + start.strength() + " leaves none of " + steps
                    + " steps: give at least " + 1.0 / steps + ", or more steps");
        }
        if (stochasticSteps > 0) {
            throw new IllegalArgumentException(
                    "Stochastic steps are for rollouts, which begin from noise: give no start image with them");
        }
    }

    /** A request for an image of the model's own size, from noise. */
    public GenerationRequest(
            String prompt,
            @Nullable String negativePrompt,
            long seed,
            double guidanceScale,
            int steps,
            int stochasticSteps,
            double eta) {
        this(prompt, negativePrompt, seed, guidanceScale, steps, stochasticSteps, eta, null, null, null);
    }

    /** A request without stochastic steps and without a negative prompt. */
    public static GenerationRequest of(String prompt, long seed, double guidanceScale, int steps) {
        return new GenerationRequest(prompt, null, seed, guidanceScale, steps, 0, 0);
    }

    /** The same of another seed. */
    public GenerationRequest seeded(long other) {
        return new GenerationRequest(
                prompt, negativePrompt, other, guidanceScale, steps, stochasticSteps, eta, size, start, framing);
    }

    /** The same for another size. */
    public GenerationRequest sized(ImageSize other) {
        return new GenerationRequest(
                prompt, negativePrompt, seed, guidanceScale, steps, stochasticSteps, eta, other, start, framing);
    }

    /** The same from an image and in its size. */
    public GenerationRequest from(StartImage image) {
        return new GenerationRequest(
                prompt, negativePrompt, seed, guidanceScale, steps, stochasticSteps, eta, image.size(), image, framing);
    }

    /** The same told of another framing, which only SDXL can be, or of none. */
    public GenerationRequest framed(@Nullable Framing other) {
        return new GenerationRequest(
                prompt, negativePrompt, seed, guidanceScale, steps, stochasticSteps, eta, size, start, other);
    }

    boolean guided() {
        return guidanceScale != 1;
    }
}
