package dev.preflow.models.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.Scope;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Reads a safetensors file by mapping it, tensor by tensor, without a copy in the Java heap.
 *
 * <p>Half-precision numbers (F16, BF16) become float32; other types stay as they are.
 */
public final class SafetensorsReader implements WeightsFile {

    private static final int LENGTH_BYTES = 8;

    private final Path file;
    private final FileChannel channel;
    private final SafetensorsHeader header;
    private final long dataStart;

    private SafetensorsReader(Path file, FileChannel channel) throws IOException {
        this.file = file;
        this.channel = channel;
        long size = channel.size();
        if (size < LENGTH_BYTES) {
            throw new WeightsException(file, "it has " + size + " bytes, too few for a safetensors file");
        }
        long length = map(0, LENGTH_BYTES).getLong();
        if (length < 2 || length > SafetensorsHeader.LIMIT || length > size - LENGTH_BYTES) {
            String problem =
                    "its header would have %d bytes (file: %d, limit: %d): it is truncated or no safetensors file";
            throw new WeightsException(file, problem.formatted(length, size, SafetensorsHeader.LIMIT));
        }
        dataStart = LENGTH_BYTES + length;
        byte[] json = new byte[(int) length];
        map(LENGTH_BYTES, length).get(json);
        header = SafetensorsHeader.parse(file, json, size - dataStart);
    }

    /**
     * Opens a file and checks its header.
     *
     * @throws WeightsException naming the file and the tensor, if the header is not sound
     */
    public static SafetensorsReader open(Path file) {
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
            try {
                return new SafetensorsReader(file, channel);
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw new WeightsException(file, "it cannot be read: " + e, e);
        }
    }

    /** Adds all tensors of a file whose names are wanted. */
    public static void readInto(Path file, Scope target, Predicate<String> wanted) {
        try (SafetensorsReader reader = open(file)) {
            reader.entries().keySet().stream()
                    .filter(wanted)
                    .forEach(name -> target.add(
                            name, reader.read(name, target.parameters().manager())));
        }
    }

    /** All tensors of a file, below {@code parent}. */
    public static Parameters readAll(Path file, NDManager parent) {
        Parameters parameters = new Parameters(parent);
        try {
            readInto(file, parameters.root(), name -> true);
            return parameters;
        } catch (RuntimeException e) {
            parameters.close();
            throw e;
        }
    }

    @Override
    public Path file() {
        return file;
    }

    /** The file's {@code __metadata__}. */
    @Override
    public Map<String, String> metadata() {
        return header.metadata();
    }

    @Override
    public Map<String, TensorEntry> entries() {
        return header.entries();
    }

    @Override
    public NDArray read(String name, NDManager manager) {
        TensorEntry entry = header.entries().get(name);
        if (entry == null) {
            throw new WeightsException(file, "it has no tensor " + name);
        }
        if (entry.bytes() > Integer.MAX_VALUE) {
            throw new WeightsException(file, "tensor " + name + " is larger than 2 GiB");
        }
        ByteBuffer data = map(dataStart + entry.begin(), entry.bytes());
        return MappedArrays.create(manager, data, entry.shape(), entry.type());
    }

    private ByteBuffer map(long position, long bytes) {
        try {
            return channel.map(FileChannel.MapMode.READ_ONLY, position, bytes).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw new WeightsException(file, "it cannot be mapped: " + e, e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new WeightsException(file, "it cannot be closed: " + e, e);
        }
    }
}
