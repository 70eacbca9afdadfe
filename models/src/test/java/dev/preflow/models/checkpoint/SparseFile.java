package dev.preflow.models.checkpoint;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.preflow.models.reference.Reference;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Safetensors files in full size of which only the header is written: the data are a hole in the file. */
public final class SparseFile {
    private static final ObjectMapper JSON = new ObjectMapper();

    private SparseFile() {}

    /** Names and shapes of a family's published file. */
    public static Map<String, Shape> published(String family) throws IOException {
        Map<String, Shape> shapes = new TreeMap<>();
        JsonNode json = JSON.readTree(
                Reference.folder("checkpoints").resolve(family + ".json").toFile());
        for (Map.Entry<String, JsonNode> field : json.properties()) {
            shapes.put(field.getKey(), new Shape(JSON.convertValue(field.getValue(), long[].class)));
        }
        return shapes;
    }

    /** Writes all tensors in float16. */
    public static Path write(Path file, Map<String, Shape> shapes, Map<String, String> metadata) throws IOException {
        ObjectNode header = JSON.createObjectNode();
        header.set("__metadata__", JSON.valueToTree(metadata));
        long end = 0;
        for (Map.Entry<String, Shape> tensor : shapes.entrySet()) {
            long begin = end;
            end += 2 * tensor.getValue().size();
            ObjectNode entry = header.putObject(tensor.getKey()).put("dtype", "F16");
            entry.set("shape", JSON.valueToTree(tensor.getValue().getShape()));
            entry.putArray("data_offsets").add(begin).add(end);
        }
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.write(ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(json.length)
                    .array());
            out.write(json);
            out.setLength(8 + json.length + end);
        }
        return file;
    }
}
