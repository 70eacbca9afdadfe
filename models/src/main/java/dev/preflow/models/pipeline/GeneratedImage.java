package dev.preflow.models.pipeline;

import dev.preflow.models.image.RgbImage;
import org.jspecify.annotations.Nullable;

/**
 * A drawn image.
 *
 * @param request what was asked for
 * @param image the pixels
 * @param release the release of the weights that drew it
 * @param trajectory how it came about, or null if it was not asked for
 */
public record GeneratedImage(
        GenerationRequest request,
        RgbImage image,
        String release,
        @Nullable Trajectory trajectory) {}
