package dev.preflow.demo.endpoint;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.Iterator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** Reads PNG and JPEG images out of data URIs; looks at the size in the header before it decodes a pixel. */
final class ImageDecoder {
    private static final Pattern HEAD = Pattern.compile("data:image/(png|jpeg|jpg);base64,", Pattern.CASE_INSENSITIVE);
    private static final Pattern FORMATS = Pattern.compile("png|jpe?g", Pattern.CASE_INSENSITIVE);

    private final int mostPixels;

    ImageDecoder(int mostPixels) {
        this.mostPixels = mostPixels;
    }

    /**
     * The image of a URI.
     *
     * @param number of the image in the request, for messages
     * @throws ApiException 400 when it is not a small enough PNG or JPEG in base64
     */
    BufferedImage decode(String uri, int number) {
        Matcher head = HEAD.matcher(uri);
        if (!head.lookingAt()) {
            throw bad(
                    number,
                    "send it as data:image/png;base64,… or data:image/jpeg;base64,…; addresses are not fetched");
        }
        byte[] bytes;
        try {
            bytes = Base64.getMimeDecoder().decode(uri.substring(head.end()));
        } catch (IllegalArgumentException e) {
            throw bad(number, "its base64 is broken: " + e.getMessage());
        }
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw bad(number, "its bytes are neither PNG nor JPEG");
            }
            ImageReader reader = readers.next();
            try {
                return read(reader, in, number);
            } finally {
                reader.dispose();
            }
        } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
            // image readers signal damaged files in all these ways
            throw bad(number, "it cannot be decoded: " + e.getMessage());
        }
    }

    private BufferedImage read(ImageReader reader, ImageInputStream in, int number) throws IOException {
        if (!FORMATS.matcher(reader.getFormatName()).matches()) {
            throw bad(number, "only PNG and JPEG are read, not " + reader.getFormatName());
        }
        reader.setInput(in, true, true);
        int width = reader.getWidth(0);
        int height = reader.getHeight(0);
        if ((long) width * height > mostPixels) {
            throw bad(number, width + "x" + height + " pixels are more than the " + mostPixels + " allowed");
        }
        return reader.read(0);
    }

    private static ApiException bad(int number, String why) {
        return ApiException.badRequest("invalid_image", "Image " + number + " cannot be read: " + why + ".");
    }
}
