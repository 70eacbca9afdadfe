package dev.preflow.models.nn;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads and writes the JSON configs of diffusers and transformers as records with camel-case names. */
public final class ConfigJson {

    /** Stands for options that may not be set at all. */
    public static final String ABSENT = "null";

    private static final String DIFFUSERS_VERSION = "0.35.1";

    private static final ObjectMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
            .enable(DeserializationFeature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private ConfigJson() {}

    /**
     * Reads a config.
     *
     * @param refusals options that change the network in ways that are not implemented: their only accepted value each,
     *     {@link #ABSENT} for none. An absent or null option is always accepted.
     * @throws IllegalArgumentException naming the file, if it is not such a config or has an option that is not implemented
     */
    public static <T> T read(Path file, Class<T> type, Map<String, ?> refusals) {
        try {
            JsonNode json = JSON.readTree(file.toFile());
            refusals.forEach((option, accepted) -> {
                JsonNode value = json.path(option);
                if (!value.isMissingNode() && !value.isNull() && !same(value, JSON.valueToTree(accepted))) {
                    throw new IllegalArgumentException(
                            file + ": " + option + " = " + value + " is not supported; only " + accepted + " is");
                }
            });
            return JSON.treeToValue(json, type);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + ": " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the config " + file, e);
        }
    }

    /** Python writes a whole number of type float as 1.0 or as 1. */
    private static boolean same(JsonNode value, JsonNode accepted) {
        return value.isNumber() && accepted.isNumber()
                ? value.doubleValue() == accepted.doubleValue()
                : value.equals(accepted);
    }

    /**
     * Writes a config after the entries that say which Python class loads it. Equal ones give equal bytes in every process, for a
     * release is known by its files' bytes.
     */
    public static void write(Path file, Object config, Map<String, ?> head) {
        ObjectNode json = JSON.createObjectNode();
        json.setAll(JSON.<ObjectNode>valueToTree(new TreeMap<>(head)));
        json.setAll(JSON.<ObjectNode>valueToTree(config));
        try {
            Files.writeString(file, JSON.writeValueAsString(json) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the config " + file, e);
        }
    }

    /** The entries by which diffusers knows the class of a config, and the version whose form it has. */
    public static Map<String, String> diffusers(String className) {
        return Map.of("_class_name", className, "_diffusers_version", DIFFUSERS_VERSION);
    }

    /** {@code value}, which the config must have. */
    public static <T> T require(@Nullable T value, String option) {
        if (value == null) {
            throw new IllegalArgumentException(option + " is missing");
        }
        return value;
    }

    /** {@code value}, or {@code fallback} where the config has none. */
    public static <T> T orElse(@Nullable T value, T fallback) {
        return value == null ? fallback : value;
    }
}
