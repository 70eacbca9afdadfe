package dev.preflow.scorer.pixels;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;

/**
 * A decoded image.
 *
 * @param width in pixels
 * @param height in pixels
 * @param rgb {@code height x width x 3} unsigned bytes: rows from the top, red, green and blue of each pixel
 */
public record Picture(int width, int height, byte[] rgb) {

    private static final int CHANNELS = 3;

    /**
     * Decodes an image of any format that the platform reads, PNG and JPEG among them. What is transparent is white.
     *
     * @param encoded the file's bytes
     * @return the picture
     * @throws IOException when the bytes are no such image
     */
    public static Picture decode(byte[] encoded) throws IOException {
        var image = ImageIO.read(new ByteArrayInputStream(encoded));
        if (image == null) {
            throw new IOException("The bytes are not an image: give PNG or JPEG");
        }
        int width = image.getWidth();
        int height = image.getHeight();
        var plain = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
        var graphics = plain.createGraphics();
        graphics.drawImage(image, 0, 0, Color.WHITE, null);
        graphics.dispose();
        byte[] rgb =
                (byte[]) plain.getRaster().getDataElements(0, 0, width, height, new byte[CHANNELS * width * height]);
        return new Picture(width, height, rgb);
    }
}
