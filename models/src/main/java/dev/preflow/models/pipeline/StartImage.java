package dev.preflow.models.pipeline;

import dev.preflow.models.image.RgbImage;

/**
 * An image to draw from in place of pure noise (SDEdit, Meng et al. 2022), as diffusers' image-to-image pipelines do.
 *
 * @param image the image; it is resized where what is drawn has another size
 * @param strength the share of the sampling steps that are taken: 1 keeps next to nothing of the image, 0.3 most of it
 */
public record StartImage(RgbImage image, double strength) {

    /** Checks the range. */
    public StartImage {
        if (!(strength > 0) || strength > 1) {
            throw new IllegalArgumentException("strength = " + strength + ": give more than 0 and at most 1");
        }
    }

    /** How many of the sampling steps are left out at the noisy end. */
    int skipped(int steps) {
        return steps - Math.min((int) (steps * strength), steps);
    }

    ImageSize size() {
        return new ImageSize(image.width(), image.height());
    }
}
