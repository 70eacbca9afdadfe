package dev.preflow.scorer.score;

import dev.preflow.models.image.RgbImage;
import dev.preflow.schemas.Image;

/**
 * An image with its pixels.
 *
 * @param image the image
 * @param picture its pixels
 */
record Scorable(Image image, RgbImage picture) {}
