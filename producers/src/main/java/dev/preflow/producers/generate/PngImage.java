package dev.preflow.producers.generate;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * An image as Preflow keeps it: PNG without metadata, so that every reader needs one decoder and equal pixels are one blob.
 *
 * @param bytes the encoded image
 * @param width in pixels
 * @param height in pixels
 */
public record PngImage(byte[] bytes, int width, int height) {

    /** The media type of {@link #bytes}. */
    public static final String MEDIA_TYPE = "image/png";

    /**
     * Encodes pixels.
     *
     * @param pixels the image
     * @return it as PNG
     */
    public static PngImage encode(BufferedImage pixels) {
        var out = new ByteArrayOutputStream();
        // a memory stream of our own: ImageIO's default would put every image through a temporary file
        try (var stream = new MemoryCacheImageOutputStream(out)) {
            ImageIO.write(pixels, "png", stream);
        } catch (IOException e) {
            throw new UncheckedIOException("Encoding a PNG in memory failed", e);
        }
        return new PngImage(out.toByteArray(), pixels.getWidth(), pixels.getHeight());
    }
}
