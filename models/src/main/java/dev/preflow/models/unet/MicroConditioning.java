package dev.preflow.models.unet;

/**
 * What SDXL is told of an image beside its text (Podell et al. 2023, section 2.2), in pixels.
 *
 * @param originalHeight height of the image before it was resized for training
 * @param originalWidth width of that image
 * @param cropTop rows cut off above the image
 * @param cropLeft columns cut off left of the image
 * @param targetHeight height of the image
 * @param targetWidth width of the image
 */
public record MicroConditioning(
        int originalHeight, int originalWidth, int cropTop, int cropLeft, int targetHeight, int targetWidth) {

    /** How many numbers these are. */
    public static final int COUNT = 6;

    /** An image that was never resized nor cropped: diffusers' default for drawing. */
    public static MicroConditioning of(int height, int width) {
        return new MicroConditioning(height, width, 0, 0, height, width);
    }

    /** The time ids of so many samples in a row, in diffusers' order. */
    public double[] timeIds(int samples) {
        double[] one = {originalHeight, originalWidth, cropTop, cropLeft, targetHeight, targetWidth};
        double[] all = new double[samples * COUNT];
        for (int i = 0; i < samples; i++) {
            System.arraycopy(one, 0, all, i * COUNT, COUNT);
        }
        return all;
    }
}
