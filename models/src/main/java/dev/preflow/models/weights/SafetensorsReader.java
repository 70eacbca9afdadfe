package dev.preflow.models.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.Scope;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Reads a safetensors file by mapping it, tensor by tensor, without a copy in the Java heap.
 *
 * <p>Half-precision numbers (F16, BF16) become float32; other types stay as they are.
 */
public final class SafetensorsReader implements WeightsFile {

    private static final int LENGTH_BYTES = 8;

    private final MappedFile file;
    private final SafetensorsHeader header;
    private final long dataStart;

    private SafetensorsReader(MappedFile file) throws IOException {
        this.file = file;
        long size = file.channel().size();
        if (size < LENGTH_BYTES) {
            throw new WeightsException(file.path(), "it has " + size + " bytes, too few for a safetensors file");
        }
        long length = file.map(0, LENGTH_BYTES).getLong();
        if (length < 2 || length > SafetensorsHeader.LIMIT || length > size - LENGTH_BYTES) {
            String problem =
                    "its header would have %d bytes (file: %d, limit: %d): it is truncated or no safetensors file";
            throw new WeightsException(file.path(), problem.formatted(length, size, SafetensorsHeader.LIMIT));
        }
        dataStart = LENGTH_BYTES + length;
        byte[] json = new byte[(int) length];
        file.map(LENGTH_BYTES, length).get(json);
        header = SafetensorsHeader.parse(file.path(), json, size - dataStart);
    }

    /**
     * Opens a file and checks its header.
     *
     * @throws WeightsException naming the file and the tensor, if the header is not sound
     */
    public static SafetensorsReader open(Path file) {
        return MappedFile.open(file, SafetensorsReader::new);
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
        return file.path();
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
        TensorEntry entry = file.require(this, name);
        ByteBuffer data = file.map(dataStart + entry.begin(), entry.bytes());
        return MappedArrays.create(manager, data, entry.shape(), entry.type());
    }

    @Override
    public void close() {
        file.close();
    }
}
