package dev.preflow.models.weights;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The JSON header of a safetensors file, checked: every tensor's byte range fits its shape and type, and the ranges cover
 * the data section without overlap or gap.
 *
 * @param metadata the {@code __metadata__} entry, empty if there is none
 * @param entries the tensors by name
 */
record SafetensorsHeader(Map<String, String> metadata, Map<String, TensorEntry> entries) {

    /** The format's own limit; a larger length means that the file is something else. */
    static final long LIMIT = 100_000_000;

    private static final String METADATA = "__metadata__";
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    static SafetensorsHeader parse(Path file, byte[] json, long dataBytes) {
        JsonNode root = tree(file, json);
        Map<String, String> metadata = new TreeMap<>();
        Map<String, TensorEntry> entries = new TreeMap<>();
        root.properties().forEach(field -> {
            if (field.getKey().equals(METADATA)) {
                field.getValue()
                        .properties()
                        .forEach(m -> metadata.put(m.getKey(), m.getValue().asText()));
            } else {
                entries.put(field.getKey(), entry(file, field.getKey(), field.getValue()));
            }
        });
        checkRanges(file, entries, dataBytes);
        return new SafetensorsHeader(Map.copyOf(metadata), entries);
    }

    private static JsonNode tree(Path file, byte[] json) {
        try {
            JsonNode root = JSON.readTree(json);
            if (!root.isObject()) {
                throw new WeightsException(file, "its header is not a JSON object");
            }
            return root;
        } catch (JsonProcessingException e) {
            throw new WeightsException(file, "its header is not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new WeightsException(file, "its header cannot be read", e);
        }
    }

    private static TensorEntry entry(Path file, String name, JsonNode node) {
        StoredType type = type(file, name, node.path("dtype").asText());
        List<Long> dimensions = longs(file, name, node, "shape");
        List<Long> offsets = longs(file, name, node, "data_offsets");
        if (offsets.size() != 2 || offsets.get(1) < offsets.get(0)) {
            throw new WeightsException(file, "tensor " + name + " has data_offsets " + offsets);
        }
        TensorEntry entry = new TensorEntry(name, type, new Shape(dimensions), offsets.get(0), offsets.get(1));
        long expected = bytes(file, name, dimensions, type);
        if (entry.bytes() != expected) {
            String problem = "tensor %s of %s %s needs %d bytes, but its range has %d";
            throw new WeightsException(file, problem.formatted(name, type, dimensions, expected, entry.bytes()));
        }
        return entry;
    }

    private static long bytes(Path file, String name, List<Long> dimensions, StoredType type) {
        try {
            long size = type.bytes();
            for (long dimension : dimensions) {
                size = Math.multiplyExact(size, dimension);
            }
            return size;
        } catch (ArithmeticException e) {
            throw new WeightsException(file, "tensor " + name + " has an impossible shape " + dimensions, e);
        }
    }

    private static StoredType type(Path file, String name, String dtype) {
        for (StoredType type : StoredType.values()) {
            if (type.name().equals(dtype)) {
                return type;
            }
        }
        throw new WeightsException(
                file, "tensor " + name + " has dtype '" + dtype + "'; known are " + List.of(StoredType.values()));
    }

    private static List<Long> longs(Path file, String name, JsonNode node, String field) {
        JsonNode array = node.path(field);
        List<Long> values = new ArrayList<>();
        for (JsonNode value : array) {
            if (!value.canConvertToLong() || !value.isIntegralNumber() || value.asLong() < 0) {
                throw new WeightsException(file, "tensor " + name + " has " + field + " " + array);
            }
            values.add(value.asLong());
        }
        if (!array.isArray()) {
            throw new WeightsException(file, "tensor " + name + " has no " + field);
        }
        return values;
    }

    private static void checkRanges(Path file, Map<String, TensorEntry> entries, long dataBytes) {
        List<TensorEntry> ordered = entries.values().stream()
                .sorted(Comparator.comparingLong(TensorEntry::begin).thenComparingLong(TensorEntry::end))
                .toList();
        long end = 0;
        for (TensorEntry entry : ordered) {
            if (entry.begin() != end) {
                String kind = entry.begin() < end ? "overlaps the tensor before it" : "leaves a gap before it";
                throw new WeightsException(
                        file, "tensor " + entry.name() + " " + kind + ": begins at " + entry.begin() + ", not " + end);
            }
            end = entry.end();
            if (end > dataBytes) {
                throw new WeightsException(
                        file,
                        "tensor " + entry.name() + " ends at byte " + end + " of its data, but there are only "
                                + dataBytes + ": the file is truncated");
            }
        }
        if (end < dataBytes) {
            throw new WeightsException(file, (dataBytes - end) + " bytes follow the last tensor");
        }
    }
}
