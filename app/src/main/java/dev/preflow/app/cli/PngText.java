package dev.preflow.app.cli;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/** Text inside a PNG file (PNG specification 1.2, sections 4.2.3.1 and 4.2.3.3). */
final class PngText {
    /** The signature, and the header's chunk: 13 bytes between length, type and checksum. */
    private static final int AFTER_HEADER = 8 + 4 + 4 + 13 + 4;

    private PngText() {}

    /**
     * A PNG file with a text behind its header.
     *
     * @param png the file
     * @param keyword Latin letters that say what the text is
     * @param text written as tEXt where Latin-1 has all its letters, else as iTXt in UTF-8
     */
    static byte[] add(byte[] png, String keyword, String text) {
        boolean latin = StandardCharsets.ISO_8859_1.newEncoder().canEncode(text);
        var content = new ByteArrayOutputStream();
        content.writeBytes(keyword.getBytes(StandardCharsets.ISO_8859_1));
        // of an iTXt: not compressed, by no method, in no language, without a translated keyword
        content.writeBytes(new byte[latin ? 1 : 5]);
        content.writeBytes(text.getBytes(latin ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8));
        byte[] chunk = chunk(latin ? "tEXt" : "iTXt", content.toByteArray());
        return ByteBuffer.allocate(png.length + chunk.length)
                .put(png, 0, AFTER_HEADER)
                .put(chunk)
                .put(png, AFTER_HEADER, png.length - AFTER_HEADER)
                .array();
    }

    private static byte[] chunk(String type, byte[] content) {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        var checksum = new CRC32();
        checksum.update(name);
        checksum.update(content);
        return ByteBuffer.allocate(Integer.BYTES + name.length + content.length + Integer.BYTES)
                .putInt(content.length)
                .put(name)
                .put(content)
                .putInt((int) checksum.getValue())
                .array();
    }
}
