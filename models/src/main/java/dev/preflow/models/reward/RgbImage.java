package dev.preflow.models.reward;

import java.awt.image.BufferedImage;

/**
 * An image as bytes.
 *
 * @param width in pixels
 * @param height in pixels
 * @param planes red, green and blue planes, each row by row: {@code 3 height width} unsigned bytes; not copied
 */
public record RgbImage(int width, int height, byte[] planes) {
    /** Checks the size. */
    public RgbImage {
        if (width < 1 || height < 1 || planes.length != 3L * width * height) {
            throw new IllegalArgumentException(
                    "An image of " + width + "x" + height + " cannot have " + planes.length + " bytes");
        }
    }

    /** The pixels of a picture; transparency is ignored. */
    public static RgbImage of(BufferedImage picture) {
        int width = picture.getWidth();
        int height = picture.getHeight();
        int[] packed = picture.getRGB(0, 0, width, height, null, 0, width);
        byte[] planes = new byte[3 * packed.length];
        for (int i = 0; i < packed.length; i++) {
            planes[i] = (byte) (packed[i] >> 16);
            planes[packed.length + i] = (byte) (packed[i] >> 8);
            planes[2 * packed.length + i] = (byte) packed[i];
        }
        return new RgbImage(width, height, planes);
    }
}
