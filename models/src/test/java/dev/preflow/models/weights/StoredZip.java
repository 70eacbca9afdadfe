package dev.preflow.models.weights;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Writes zip archives as PyTorch does: entries as they are, with zip64 fields where the archive would be too large. */
final class StoredZip {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private StoredZip() {}

    static byte[] of(Map<String, byte[]> entries, boolean wide) {
        return new StoredZip().write(entries, wide);
    }

    private byte[] write(Map<String, byte[]> entries, boolean wide) {
        ByteArrayOutputStream directory = new ByteArrayOutputStream();
        entries.forEach((name, bytes) -> {
            byte[] text = name.getBytes(StandardCharsets.UTF_8);
            int at = out.size();
            out.writeBytes(buffer(30)
                    .putInt(0x04034b50)
                    .putInt(18, bytes.length)
                    .putInt(22, bytes.length)
                    .putShort(26, (short) text.length)
                    .array());
            out.writeBytes(text);
            out.writeBytes(bytes);
            int narrow = wide ? -1 : bytes.length;
            directory.writeBytes(buffer(46)
                    .putInt(0x02014b50)
                    .putInt(20, narrow)
                    .putInt(24, narrow)
                    .putShort(28, (short) text.length)
                    .putShort(30, (short) (wide ? 28 : 0))
                    .putInt(42, wide ? -1 : at)
                    .array());
            directory.writeBytes(text);
            if (wide) {
                directory.writeBytes(buffer(28)
                        .putShort((short) 1)
                        .putShort((short) 24)
                        .putLong(bytes.length)
                        .putLong(bytes.length)
                        .putLong(at)
                        .array());
            }
        });
        int begin = out.size();
        out.writeBytes(directory.toByteArray());
        int end = out.size();
        if (wide) {
            out.writeBytes(buffer(56)
                    .putInt(0x06064b50)
                    .putLong(40, directory.size())
                    .putLong(48, begin)
                    .array());
            out.writeBytes(buffer(20).putInt(0x07064b50).putLong(8, end).array());
        }
        out.writeBytes(buffer(22)
                .putInt(0x06054b50)
                .putInt(12, wide ? -1 : directory.size())
                .putInt(16, wide ? -1 : begin)
                .array());
        return out.toByteArray();
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
