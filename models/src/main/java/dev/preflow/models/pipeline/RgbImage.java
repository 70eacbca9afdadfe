package dev.preflow.models.pipeline;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import javax.imageio.ImageIO;

/**
 * An RGB image in floating point.
 *
 * @param width in pixels
 * @param height in pixels
 * @param values channel by channel (red, green, blue), row by row, in [0, 1]
 */
public record RgbImage(int width, int height, float[] values) {

    private static final int CHANNELS = 3;

    /** Checks that there are as many values as the size asks for. */
    public RgbImage {
        if (values.length != CHANNELS * width * height) {
            throw new IllegalArgumentException(
                    values.length + " values for an RGB image of " + width + "×" + height + " pixels");
        }
    }

    /** The image with 8 bits per channel, as a PNG file's bytes. */
    public byte[] toPng() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(toBufferedImage(), "png", bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** The image with 8 bits per channel. */
    public BufferedImage toBufferedImage() {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        int plane = width * height;
        for (int i = 0; i < plane; i++) {
            int rgb = (level(values[i]) << 16) | (level(values[plane + i]) << 8) | level(values[2 * plane + i]);
            image.setRGB(i % width, i / width, rgb);
        }
        return image;
    }

    private static int level(float value) {
        return Math.round(Math.max(0, Math.min(1, value)) * 255);
    }

    /** Decodes an image file's bytes (PNG, JPEG, GIF or BMP); transparency is dropped. */
    public static RgbImage decode(byte[] file) {
        try {
            BufferedImage image = ImageIO.read(new ByteArrayInputStream(file));
            if (image == null) {
                throw new IllegalArgumentException("These " + file.length + " bytes are no image in a known format");
            }
            return of(image);
        } catch (IOException e) {
            throw new IllegalArgumentException("The image cannot be decoded: " + e.getMessage(), e);
        }
    }

    /** The pixels of an image. */
    public static RgbImage of(BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        int plane = width * height;
        float[] values = new float[CHANNELS * plane];
        int[] pixels = image.getRGB(0, 0, width, height, null, 0, width);
        for (int i = 0; i < plane; i++) {
            values[i] = ((pixels[i] >> 16) & 0xff) / 255f;
            values[plane + i] = ((pixels[i] >> 8) & 0xff) / 255f;
            values[2 * plane + i] = (pixels[i] & 0xff) / 255f;
        }
        return new RgbImage(width, height, values);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RgbImage image
                && width == image.width
                && height == image.height
                && Arrays.equals(values, image.values);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * width + height) + Arrays.hashCode(values);
    }
}
