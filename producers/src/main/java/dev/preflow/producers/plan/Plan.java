package dev.preflow.producers.plan;

/**
 * What the planner asks for.
 *
 * @param imagesPerPrompt images of one prompt, the paper's k = 4, from 1
 * @param minGuidance lowest guidance scale, 3 in the paper (C.3), from 1
 * @param maxGuidance highest guidance scale, 12 in the paper (C.3)
 * @param steps denoising steps, from 1
 * @param pool the generators
 */
public record Plan(int imagesPerPrompt, float minGuidance, float maxGuidance, int steps, GeneratorPool pool) {

    /** Checks the ranges. */
    public Plan {
        if (imagesPerPrompt < 1) {
            throw new IllegalArgumentException("A prompt needs at least 1 image, not " + imagesPerPrompt);
        }
        if (!(minGuidance >= 1 && maxGuidance >= minGuidance && Float.isFinite(maxGuidance))) {
            throw new IllegalArgumentException(
                    "Guidance is drawn from a range that starts at 1 or above, not from %s to %s"
                            .formatted(minGuidance, maxGuidance));
        }
        if (steps < 1) {
            throw new IllegalArgumentException("An image needs at least 1 denoising step, not " + steps);
        }
    }
}
