package dev.preflow.producers.generate;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Takes in image files that others made: only formats known by their first bytes, and only sizes that the header shows to be
 * bearable, before a pixel is decoded.
 *
 * @param maxPixels most pixels, width times height
 */
record ForeignImages(long maxPixels) {

    private static final int PNG_MAGIC = 0x89504E47;
    private static final int RIFF_MAGIC = 0x52494646;
    private static final int WEBP_MAGIC = 0x57454250;
    private static final int JPEG_MAGIC = 0xFFD8FF;
    private static final int SHORTEST = 12;
    private static final int SHOWN = 8;

    /**
     * Decodes an image and writes it anew, opaque: transparent pixels lie on white, and nothing of the file but its pixels
     * is kept.
     *
     * @param file PNG, JPEG or WebP
     * @return the image
     * @throws IOException when the file is none of these, is damaged or is too large; the message says which
     */
    PngImage toPng(byte[] file) throws IOException {
        var format = format(file)
                .orElseThrow(() -> new IOException("The image is neither PNG, JPEG nor WebP: it starts with "
                        + HexFormat.of().formatHex(file, 0, Math.min(SHOWN, file.length))));
        var reader = ImageIO.getImageReadersByFormatName(format).next();
        try (var in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            reader.setInput(in, true, true);
            return PngImage.encode(opaque(read(reader)));
        } catch (IOException e) {
            throw e;
        } catch (RuntimeException e) {
            // decoders answer damaged files with indexes and arguments out of range
            throw new IOException("The %s image is damaged: %s".formatted(format, e), e);
        } finally {
            reader.dispose();
        }
    }

    private BufferedImage read(ImageReader reader) throws IOException {
        int width = reader.getWidth(0);
        int height = reader.getHeight(0);
        if (width < 1 || height < 1 || (long) width * height > maxPixels) {
            throw new IOException("The image is %d by %d pixels, at most %d pixels are taken: ask for a smaller size"
                    .formatted(width, height, maxPixels));
        }
        return reader.read(0);
    }

    private static BufferedImage opaque(BufferedImage image) {
        var flat = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
        var graphics = flat.createGraphics();
        try {
            graphics.drawImage(image, 0, 0, Color.WHITE, null);
        } finally {
            graphics.dispose();
        }
        return flat;
    }

    private static Optional<String> format(byte[] file) {
        if (file.length < SHORTEST) {
            return Optional.empty();
        }
        int start = word(file, 0);
        if (start == PNG_MAGIC) {
            return Optional.of("png");
        }
        if (start >>> Byte.SIZE == JPEG_MAGIC) {
            return Optional.of("jpeg");
        }
        return start == RIFF_MAGIC && word(file, 8) == WEBP_MAGIC ? Optional.of("webp") : Optional.empty();
    }

    private static int word(byte[] file, int at) {
        return ByteBuffer.wrap(file, at, Integer.BYTES).getInt();
    }
}
