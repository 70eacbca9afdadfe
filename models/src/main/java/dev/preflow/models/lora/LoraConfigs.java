package dev.preflow.models.lora;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.preflow.models.weights.WeightsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * peft's configurations of the adapters of a file: one object, in which each part of the policy prefixes its own options. It is
 * where diffusers keeps alpha.
 */
final class LoraConfigs {

    /** Where diffusers keeps it in the metadata of its files. */
    static final String METADATA = "lora_adapter_metadata";

    private static final String PEFT_FILE = "adapter_model.safetensors";
    private static final String PEFT_CONFIG = "adapter_config.json";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final JsonNode options;
    private final boolean prefixed;

    private LoraConfigs(JsonNode options, boolean prefixed) {
        this.options = options;
        this.prefixed = prefixed;
    }

    /** The configuration of a file: in its metadata, or beside it as peft does; without either it says nothing. */
    static LoraConfigs of(Path file, Map<String, String> metadata) {
        try {
            String own = metadata.get(METADATA);
            if (own != null) {
                return new LoraConfigs(JSON.readTree(own), true);
            }
            Path beside = file.resolveSibling(PEFT_CONFIG);
            if (file.endsWith(PEFT_FILE) && Files.exists(beside)) {
                return new LoraConfigs(JSON.readTree(beside.toFile()), false);
            }
            return new LoraConfigs(JSON.createObjectNode(), true);
        } catch (IOException e) {
            throw new WeightsException(file, "its adapters' configuration is no JSON: " + e.getMessage(), e);
        }
    }

    /** The alpha of a layer's adapter; empty if the configuration does not say. */
    OptionalDouble alpha(String layer, long rank) {
        JsonNode alpha = option(layer, "lora_alpha");
        for (Map.Entry<String, JsonNode> exception :
                option(layer, "alpha_pattern").properties()) {
            if (("." + layer).endsWith("." + exception.getKey())) {
                alpha = exception.getValue();
            }
        }
        if (!alpha.isNumber()) {
            return OptionalDouble.empty();
        }
        // rank-stabilised adapters (Kalajdzievski 2023) are scaled by alpha / √rank
        boolean stabilised = option(layer, "use_rslora").asBoolean();
        return OptionalDouble.of(alpha.asDouble() * (stabilised ? Math.sqrt(rank) : 1));
    }

    private JsonNode option(String layer, String name) {
        return options.path(prefixed ? LoraNames.component(layer) + "." + name : name);
    }

    /** The configuration of adapters as diffusers reads it. */
    static String write(Lora lora) {
        ObjectNode options = JSON.createObjectNode();
        for (String layer : lora.modules()) {
            String prefix = LoraNames.component(layer) + ".";
            if (!options.has(prefix + "r")) {
                options.put(prefix + "peft_type", "LORA");
                options.put(prefix + "r", lora.rank(layer));
                options.put(prefix + "lora_alpha", lora.alpha(layer));
                options.put(prefix + "lora_dropout", 0.0);
                options.put(prefix + "bias", "none");
                options.putArray(prefix + "target_modules");
                options.putObject(prefix + "rank_pattern");
                options.putObject(prefix + "alpha_pattern");
            }
            // peft compares ends of names: this one is found with and without the text encoder's root
            String name = LoraNames.shortPath(layer);
            options.withArray("/" + prefix + "target_modules").add(name);
            if (lora.rank(layer) != options.get(prefix + "r").asInt()) {
                options.withObject("/" + prefix + "rank_pattern").put(name, lora.rank(layer));
            }
            if (lora.alpha(layer) != options.get(prefix + "lora_alpha").floatValue()) {
                options.withObject("/" + prefix + "alpha_pattern").put(name, lora.alpha(layer));
            }
        }
        try {
            return JSON.writeValueAsString(options);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("The adapters' configuration cannot be written", e);
        }
    }
}
