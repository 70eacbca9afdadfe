package dev.preflow.models.pipeline;

/**
 * The size of an image.
 *
 * @param width in pixels
 * @param height in pixels
 */
public record ImageSize(int width, int height) {

    /** Checks that both are positive. */
    public ImageSize {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException(
                    "An image cannot be " + width + "x" + height + ": give positive numbers");
        }
    }

    /** The nearest size whose sides are multiples of a number. */
    public ImageSize nearestMultiple(int of) {
        return new ImageSize(nearest(width, of), nearest(height, of));
    }

    private static int nearest(int side, int of) {
        return Math.max(1, Math.round(side / (float) of)) * of;
    }

    @Override
    public String toString() {
        return width + "x" + height;
    }
}
