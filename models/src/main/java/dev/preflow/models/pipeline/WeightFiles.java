package dev.preflow.models.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.preflow.models.weights.WeightsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Finds the safetensors files of one network as diffusers and transformers save them: whole or in shards, in any precision. */
public final class WeightFiles {
    /** Full precision first: what is stored in half precision is read as float32 all the same. */
    private static final List<String> VARIANTS = List.of("", ".bf16", ".fp16");

    private static final String SUFFIX = ".safetensors";
    private static final String INDEX = SUFFIX + ".index.json";
    private static final ObjectMapper JSON = new ObjectMapper();

    private WeightFiles() {}

    /**
     * The files that hold a network, of the first variant that is there.
     *
     * @param folder the network's folder
     * @param name the file name without variant and suffix, such as {@code diffusion_pytorch_model}
     * @throws IllegalArgumentException if there are none; the message names what was looked for
     * @throws WeightsException if an index cannot be used, or names a file that is not there
     */
    public static List<Path> find(Path folder, String name) {
        List<String> candidates = new ArrayList<>();
        for (String variant : VARIANTS) {
            Path whole = folder.resolve(name + variant + SUFFIX);
            Path index = folder.resolve(name + variant + INDEX);
            if (Files.exists(whole)) {
                return List.of(whole);
            }
            if (Files.exists(index)) {
                return shards(index);
            }
            candidates.add(whole.getFileName().toString());
            candidates.add(index.getFileName().toString());
        }
        throw new IllegalArgumentException("No weights in " + folder + ": looked for " + candidates);
    }

    private static List<Path> shards(Path index) {
        Set<String> names = new TreeSet<>();
        for (JsonNode file : read(index).path("weight_map")) {
            names.add(file.asText());
        }
        if (names.isEmpty()) {
            throw new WeightsException(index, "its weight_map names no file");
        }
        List<Path> files = new ArrayList<>();
        for (String name : names) {
            Path file = index.resolveSibling(name);
            if (!file.getParent().equals(index.getParent())) {
                throw new WeightsException(index, "its weight_map names a file elsewhere: " + name);
            }
            if (!Files.exists(file)) {
                throw new WeightsException(index, "shard " + name + " is not there");
            }
            files.add(file);
        }
        return files;
    }

    private static JsonNode read(Path index) {
        try {
            return JSON.readTree(index.toFile());
        } catch (IOException e) {
            throw new WeightsException(index, "it cannot be read: " + e.getMessage(), e);
        }
    }
}
