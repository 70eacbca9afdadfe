package dev.preflow.models.pipeline;

import dev.preflow.models.unet.MicroConditioning;
import org.jspecify.annotations.Nullable;

/**
 * What SDXL is told of how an image was framed (Podell et al. 2023, section 2.2), where that shall differ from the plain truth:
 * it draws as it saw such images in its training. diffusers knows these as {@code original_size},
 * {@code crops_coords_top_left} and {@code target_size}.
 *
 * @param originalSize of the image before it was resized and cropped: a small one makes it blurred; null for the size drawn
 * @param cropTop rows cut off above: more than 0 moves what is shown over the upper edge
 * @param cropLeft columns cut off at the left
 * @param targetSize of the image, or null for the size drawn; the refiner is not told of it
 */
public record Framing(
        @Nullable ImageSize originalSize,
        int cropTop,
        int cropLeft,
        @Nullable ImageSize targetSize) {

    /** Nothing cut off, and the size drawn. */
    public static final Framing NONE = new Framing(null, 0, 0, null);

    /** Checks the ranges. */
    public Framing {
        if (cropTop < 0 || cropLeft < 0) {
            throw new IllegalArgumentException(
                    "cropTop = " + cropTop + ", cropLeft = " + cropLeft + ": neither may be negative");
        }
    }

    /** The same with nothing cut off. */
    Framing uncropped() {
        return new Framing(originalSize, 0, 0, targetSize);
    }

    /** What the network is told of an image of a size. */
    MicroConditioning of(ImageSize drawn) {
        ImageSize original = originalSize == null ? drawn : originalSize;
        ImageSize target = targetSize == null ? drawn : targetSize;
        return new MicroConditioning(
                original.height(), original.width(), cropTop, cropLeft, target.height(), target.width());
    }
}
