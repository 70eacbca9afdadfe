package dev.preflow.models.image;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * An image with 8 bits per channel.
 *
 * @param width in pixels
 * @param height in pixels
 * @param planes red, green and blue planes, each row by row: {@code 3 height width} unsigned bytes; not copied, and not to be
 *     changed
 */
public record RgbImage(int width, int height, byte[] planes) {
    private static final int CHANNELS = 3;
    private static final int WHITE = 255;

    /** Checks the size. */
    public RgbImage {
        if (width < 1 || height < 1 || planes.length != (long) CHANNELS * width * height) {
            throw new IllegalArgumentException(
                    "An image of " + width + "x" + height + " cannot have " + planes.length + " bytes");
        }
    }

    /**
     * The image of which a network has drawn the values.
     *
     * @param values red, green and blue planes, each row by row, in [0, 1]; what is outside is clipped
     */
    public static RgbImage ofUnit(int width, int height, float[] values) {
        byte[] planes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            planes[i] = (byte) Math.round(Math.max(0, Math.min(1, values[i])) * WHITE);
        }
        return new RgbImage(width, height, planes);
    }

    /** Writes the planes as values in [0, 1]: {@code 3 height width} numbers from an offset on. */
    public void toUnit(float[] into, int offset) {
        for (int i = 0; i < planes.length; i++) {
            into[offset + i] = (planes[i] & 0xFF) / (float) WHITE;
        }
    }

    /** The pixels of a picture; white shows through what is transparent. */
    public static RgbImage of(BufferedImage picture) {
        int width = picture.getWidth();
        int height = picture.getHeight();
        int[] packed = opaque(picture).getRGB(0, 0, width, height, null, 0, width);
        byte[] planes = new byte[CHANNELS * packed.length];
        for (int i = 0; i < packed.length; i++) {
            planes[i] = (byte) (packed[i] >> 16);
            planes[packed.length + i] = (byte) (packed[i] >> 8);
            planes[2 * packed.length + i] = (byte) packed[i];
        }
        return new RgbImage(width, height, planes);
    }

    private static BufferedImage opaque(BufferedImage picture) {
        if (picture.getType() == BufferedImage.TYPE_INT_RGB) {
            return picture;
        }
        BufferedImage opaque = new BufferedImage(picture.getWidth(), picture.getHeight(), BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = opaque.createGraphics();
        graphics.drawImage(picture, 0, 0, Color.WHITE, null);
        graphics.dispose();
        return opaque;
    }

    /**
     * Decodes an image file.
     *
     * @param file the bytes of a PNG, JPEG, GIF or BMP file
     * @throws IOException when they are no image in one of these formats, or a damaged one
     */
    public static RgbImage decode(byte[] file) throws IOException {
        try {
            // a memory stream of our own: ImageIO's default would put every image through a temporary file
            BufferedImage picture = ImageIO.read(new MemoryCacheImageInputStream(new ByteArrayInputStream(file)));
            if (picture == null) {
                throw new IOException("the bytes are not an image: give PNG, JPEG, GIF or BMP");
            }
            return of(picture);
        } catch (IllegalArgumentException | IndexOutOfBoundsException | NegativeArraySizeException e) {
            // image readers signal some damages in these ways
            throw new IOException("the image is damaged: " + e.getMessage(), e);
        }
    }

    /** The image for Java's own graphics. */
    public BufferedImage toBufferedImage() {
        BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        int plane = width * height;
        for (int i = 0; i < plane; i++) {
            int rgb = (planes[i] & 0xFF) << 16 | (planes[plane + i] & 0xFF) << 8 | planes[2 * plane + i] & 0xFF;
            picture.setRGB(i % width, i / width, rgb);
        }
        return picture;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RgbImage image
                && width == image.width
                && height == image.height
                && Arrays.equals(planes, image.planes);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * width + height) + Arrays.hashCode(planes);
    }
}
