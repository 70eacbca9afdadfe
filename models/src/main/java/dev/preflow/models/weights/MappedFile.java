package dev.preflow.models.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file of numbers that is mapped piece by piece; what goes wrong names it. */
final class MappedFile implements AutoCloseable {

    /** Reads the head of a file. */
    @FunctionalInterface
    interface Head<T> {
        /** What is known of the file; the file stays open if nothing is thrown. */
        T read(MappedFile file) throws IOException;
    }

    private final Path path;
    private final FileChannel channel;

    private MappedFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * Opens a file and reads its head; the file is closed if that fails.
     *
     * @throws WeightsException naming the file, if it cannot be read
     */
    static <T> T open(Path path, Head<T> head) {
        try {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
            try {
                return head.read(new MappedFile(path, channel));
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw new WeightsException(path, "it cannot be read: " + e, e);
        }
    }

    Path path() {
        return path;
    }

    FileChannel channel() {
        return channel;
    }

    /** Some bytes, little endian. */
    ByteBuffer map(long position, long bytes) {
        try {
            return channel.map(FileChannel.MapMode.READ_ONLY, position, bytes).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw new WeightsException(path, "it cannot be mapped: " + e, e);
        }
    }

    /**
     * The tensor of a name, if it can be mapped at once.
     *
     * @throws WeightsException naming the tensor, if there is none or it is larger than 2 GiB
     */
    TensorEntry require(WeightsFile tensors, String name) {
        TensorEntry entry = tensors.entries().get(name);
        if (entry == null) {
            throw new WeightsException(path, "it has no tensor " + name);
        }
        if (entry.bytes() > Integer.MAX_VALUE) {
            throw new WeightsException(path, "tensor " + name + " is larger than 2 GiB");
        }
        return entry;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new WeightsException(path, "it cannot be closed: " + e, e);
        }
    }
}
