package dev.preflow.models.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where the entries of a zip archive lie in its file, of the archives that PyTorch writes: stored without compression, over
 * 4 GiB where need be (zip64), so that they can be mapped.
 */
final class ZipEntries {

    /** The bytes of an entry within the file. */
    record Range(long begin, long bytes) {}

    private static final int END = 0x06054b50;
    private static final int END_BYTES = 22;
    private static final int LONGEST_COMMENT = 0xFFFF;
    private static final int END64 = 0x06064b50;
    private static final int LOCATOR64 = 0x07064b50;
    private static final int LOCATOR64_BYTES = 20;
    private static final int CENTRAL = 0x02014b50;
    private static final int CENTRAL_BYTES = 46;
    private static final int LOCAL = 0x04034b50;
    private static final int LOCAL_BYTES = 30;
    private static final int EXTRA64 = 1;
    private static final long IN_EXTRA64 = 0xFFFFFFFFL;
    private static final long DIRECTORY_LIMIT = 100_000_000;

    private final Path file;
    private final FileChannel channel;

    private ZipEntries(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Reads the central directory.
     *
     * @throws WeightsException if there is none, or an entry is compressed or not within the file
     */
    static Map<String, Range> read(Path file, FileChannel channel) throws IOException {
        return new ZipEntries(file, channel).entries();
    }

    private Map<String, Range> entries() throws IOException {
        ByteBuffer directory = directory();
        Map<String, Range> entries = new TreeMap<>();
        while (directory.remaining() >= CENTRAL_BYTES && directory.getInt(directory.position()) == CENTRAL) {
            int at = directory.position();
            int method = directory.getShort(at + 10);
            long packed = directory.getInt(at + 20) & IN_EXTRA64;
            long bytes = directory.getInt(at + 24) & IN_EXTRA64;
            int nameBytes = directory.getShort(at + 28) & 0xFFFF;
            int extraBytes = directory.getShort(at + 30) & 0xFFFF;
            int commentBytes = directory.getShort(at + 32) & 0xFFFF;
            long local = directory.getInt(at + 42) & IN_EXTRA64;
            int next = at + CENTRAL_BYTES + nameBytes + extraBytes + commentBytes;
            if (next > directory.limit()) {
                throw broken("its zip directory is cut off");
            }
            byte[] name = new byte[nameBytes];
            directory.get(at + CENTRAL_BYTES, name);
            ByteBuffer extra =
                    directory.slice(at + CENTRAL_BYTES + nameBytes, extraBytes).order(ByteOrder.LITTLE_ENDIAN);
            ByteBuffer wide = wide(extra);
            // The wide numbers are there only for those that do not fit, in this order.
            bytes = bytes == IN_EXTRA64 ? wide.getLong() : bytes;
            packed = packed == IN_EXTRA64 ? wide.getLong() : packed;
            local = local == IN_EXTRA64 ? wide.getLong() : local;
            String text = new String(name, StandardCharsets.UTF_8);
            if (method != 0 || packed != bytes) {
                throw broken("its entry " + text + " is compressed; PyTorch stores entries as they are");
            }
            entries.put(text, range(text, local, bytes));
            directory.position(next);
        }
        return entries;
    }

    private Range range(String name, long local, long bytes) throws IOException {
        ByteBuffer header = read(local, LOCAL_BYTES);
        if (header.getInt(0) != LOCAL) {
            throw broken("its entry " + name + " is not where its zip directory says");
        }
        long begin = local + LOCAL_BYTES + (header.getShort(26) & 0xFFFF) + (header.getShort(28) & 0xFFFF);
        if (bytes < 0 || begin + bytes > channel.size()) {
            throw broken("its entry " + name + " goes beyond the end of the file: it is truncated");
        }
        return new Range(begin, bytes);
    }

    /** The zip64 field of an entry's extra fields, or nothing. */
    private ByteBuffer wide(ByteBuffer extra) {
        while (extra.remaining() >= 4) {
            int id = extra.getShort();
            int size = extra.getShort() & 0xFFFF;
            if (size > extra.remaining()) {
                throw broken("its zip directory is damaged");
            }
            if (id == EXTRA64) {
                return extra.slice(extra.position(), size).order(ByteOrder.LITTLE_ENDIAN);
            }
            extra.position(extra.position() + size);
        }
        return ByteBuffer.allocate(0);
    }

    private ByteBuffer directory() throws IOException {
        long size = channel.size();
        int tailBytes = (int) Math.min(size, END_BYTES + LONGEST_COMMENT);
        ByteBuffer tail = read(size - tailBytes, tailBytes);
        for (int at = tailBytes - END_BYTES; at >= 0; at--) {
            if (tail.getInt(at) == END) {
                long bytes = tail.getInt(at + 12) & IN_EXTRA64;
                long begin = tail.getInt(at + 16) & IN_EXTRA64;
                int locator = at - LOCATOR64_BYTES;
                if (locator >= 0 && tail.getInt(locator) == LOCATOR64) {
                    ByteBuffer wide = read(tail.getLong(locator + 8), 56);
                    if (wide.getInt(0) != END64) {
                        throw broken("its zip64 directory is not where it should be");
                    }
                    bytes = wide.getLong(40);
                    begin = wide.getLong(48);
                }
                if (bytes > DIRECTORY_LIMIT) {
                    throw broken("its zip directory would have " + bytes + " bytes");
                }
                return read(begin, bytes);
            }
        }
        throw broken("its zip directory is missing: it is truncated");
    }

    private ByteBuffer read(long position, long bytes) throws IOException {
        if (position < 0 || bytes < 0 || position > channel.size() - bytes) {
            throw broken("its zip directory points beyond its end: it is truncated or damaged");
        }
        ByteBuffer buffer = ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw broken("it became shorter while it was read");
            }
        }
        return buffer.flip();
    }

    private WeightsException broken(String problem) {
        return new WeightsException(file, problem);
    }
}
