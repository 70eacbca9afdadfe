package dev.preflow.models.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.preflow.models.tensor.Autograd;
import dev.preflow.models.tensor.Ops;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes safetensors files: equal tensors and metadata give equal bytes, and a file appears whole or not at all. */
public final class SafetensorsWriter {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ALIGNMENT = 8;

    private SafetensorsWriter() {}

    /**
     * Writes arrays in their own types.
     *
     * @param metadata the {@code __metadata__} entry; diffusers and transformers expect {@code format=pt} in it
     */
    public static void write(Path file, Map<String, NDArray> arrays, Map<String, String> metadata) {
        List<Map.Entry<String, NDArray>> ordered = ordered(arrays);
        Path partial = file.resolveSibling(file.getFileName() + ".partial-"
                + ProcessHandle.current().pid() + "-" + Thread.currentThread().getId());
        try {
            try (FileChannel channel = FileChannel.open(
                    partial,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE)) {
                writeFully(channel, header(ordered, metadata));
                for (Map.Entry<String, NDArray> entry : ordered) {
                    write(channel, entry.getValue());
                }
                channel.force(true);
            }
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new WeightsException(file, "it cannot be written: " + e, e);
        }
    }

    /**
     * The bytes that {@link #write} would write.
     *
     * @param metadata the {@code __metadata__} entry
     */
    public static byte[] toBytes(Map<String, NDArray> arrays, Map<String, String> metadata) {
        List<Map.Entry<String, NDArray>> ordered = ordered(arrays);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (WritableByteChannel channel = Channels.newChannel(bytes)) {
            writeFully(channel, header(ordered, metadata));
            for (Map.Entry<String, NDArray> entry : ordered) {
                write(channel, entry.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    /** DJL leaves the copy that it makes of an array on a device to the array's manager, which may live for days. */
    private static void write(WritableByteChannel channel, NDArray array) throws IOException {
        try (Autograd off = Autograd.disabled();
                NDManager step = array.getManager().newSubManager()) {
            NDArray alias = Ops.alias(array);
            alias.attach(step);
            writeFully(channel, alias.toByteBuffer());
        }
    }

    /** Wide types first, as the format's reference does, so that every tensor is aligned. */
    private static List<Map.Entry<String, NDArray>> ordered(Map<String, NDArray> arrays) {
        return arrays.entrySet().stream()
                .sorted(Comparator.comparingInt(SafetensorsWriter::width)
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey()))
                .toList();
    }

    private static int width(Map.Entry<String, NDArray> entry) {
        return StoredType.of(entry.getValue().getDataType()).bytes();
    }

    private static ByteBuffer header(List<Map.Entry<String, NDArray>> ordered, Map<String, String> metadata)
            throws IOException {
        ObjectNode root = JSON.createObjectNode();
        if (!metadata.isEmpty()) {
            ObjectNode node = root.putObject("__metadata__");
            new TreeMap<>(metadata).forEach(node::put);
        }
        long offset = 0;
        for (Map.Entry<String, NDArray> entry : ordered) {
            NDArray array = entry.getValue();
            long end = offset + array.size() * width(entry);
            ObjectNode node = root.putObject(entry.getKey());
            node.put("dtype", StoredType.of(array.getDataType()).name());
            Arrays.stream(array.getShape().getShape()).forEach(node.putArray("shape")::add);
            node.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        byte[] json = JSON.writeValueAsString(root).getBytes(StandardCharsets.UTF_8);
        int padded = (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        ByteBuffer header = ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(padded).put(json);
        while (header.hasRemaining()) {
            header.put((byte) ' ');
        }
        return header.flip();
    }

    private static void writeFully(WritableByteChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
