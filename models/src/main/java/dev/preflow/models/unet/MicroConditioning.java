package dev.preflow.models.unet;

import java.util.List;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * What SDXL is told of an image beside its text (Podell et al. 2023, section 2.2), in pixels.
 *
 * @param originalHeight height of the image before it was resized for training
 * @param originalWidth width of that image
 * @param cropTop rows cut off above the image
 * @param cropLeft columns cut off left of the image
 * @param targetHeight height of the image
 * @param targetWidth width of the image
 * @param aestheticScore how beautiful the image is: the refiner is told that, and no height and width of the image; else null
 */
public record MicroConditioning(
        int originalHeight,
        int originalWidth,
        int cropTop,
        int cropLeft,
        int targetHeight,
        int targetWidth,
        @Nullable Double aestheticScore) {

    /** How many numbers these are. */
    public static final int COUNT = 6;

    /** How many they are with an aesthetic score. */
    public static final int SCORED_COUNT = 5;

    /** An image without a score. */
    public MicroConditioning(
            int originalHeight, int originalWidth, int cropTop, int cropLeft, int targetHeight, int targetWidth) {
        this(originalHeight, originalWidth, cropTop, cropLeft, targetHeight, targetWidth, null);
    }

    /** An image that was never resized nor cropped: diffusers' default for drawing. */
    public static MicroConditioning of(int height, int width) {
        return new MicroConditioning(height, width, 0, 0, height, width);
    }

    /** The same with an aesthetic score. */
    public MicroConditioning scored(double score) {
        return new MicroConditioning(
                originalHeight, originalWidth, cropTop, cropLeft, targetHeight, targetWidth, score);
    }

    /** The time ids of images in a row, in diffusers' order. */
    public static double[] timeIds(List<MicroConditioning> images) {
        return images.stream().flatMapToDouble(MicroConditioning::ids).toArray();
    }

    private DoubleStream ids() {
        DoubleStream framing = DoubleStream.of(originalHeight, originalWidth, cropTop, cropLeft);
        return DoubleStream.concat(
                framing,
                aestheticScore == null ? DoubleStream.of(targetHeight, targetWidth) : DoubleStream.of(aestheticScore));
    }
}
