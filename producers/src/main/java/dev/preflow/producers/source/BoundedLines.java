package dev.preflow.producers.source;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Splits a stream of bytes into UTF-8 lines, holding no more than a bound of a line: what is longer is read to its end and
 * reported, not kept. A byte order mark at the start is dropped; lines end in LF or CRLF.
 */
final class BoundedLines {

    private static final int LF = '\n';
    private static final int CR = '\r';
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final InputStream in;
    private final int maxBytes;
    private long number;

    BoundedLines(InputStream in, int maxBytes) {
        this.in = in;
        this.maxBytes = maxBytes;
    }

    /** The number of the line that {@link #next} gave last, from 1. */
    long number() {
        return number;
    }

    /** The next line without its end, null at the end of the stream. */
    @Nullable
    Line next() throws IOException {
        var kept = new ByteArrayOutputStream(256);
        long length = 0;
        int read = in.read();
        if (read < 0) {
            return null;
        }
        number++;
        for (; read >= 0 && read != LF; read = in.read()) {
            length++;
            if (length <= maxBytes + 1L) {
                kept.write(read);
            }
        }
        return line(kept.toByteArray(), length);
    }

    private Line line(byte[] bytes, long length) {
        int end =
                length == bytes.length && length > 0 && bytes[bytes.length - 1] == CR ? bytes.length - 1 : bytes.length;
        if (end > maxBytes) {
            return new Line("", "It is %d bytes long, at most %d are taken: shorten it".formatted(length, maxBytes));
        }
        try {
            var text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 0, end))
                    .toString();
            boolean marked = number == 1 && !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK;
            return new Line(marked ? text.substring(1) : text, null);
        } catch (CharacterCodingException e) {
            return new Line("", "It is not UTF-8: convert the source to UTF-8");
        }
    }

    /**
     * One line.
     *
     * @param text its text, empty when it has a problem
     * @param problem why it has no text, null when it has
     */
    record Line(String text, @Nullable String problem) {}
}
