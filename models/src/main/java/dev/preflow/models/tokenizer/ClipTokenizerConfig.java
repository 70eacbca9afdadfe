package dev.preflow.models.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a tokenizer folder says beside its vocabulary: the special tokens and the length of encodings. */
record ClipTokenizerConfig(String start, String end, String unknown, String padding, int maxLength) {
    private static final String CONFIG_FILE = "tokenizer_config.json";
    private static final String SPECIAL_TOKENS_FILE = "special_tokens_map.json";
    private static final int CLIP_LENGTH = 77;
    private static final ObjectMapper JSON = new ObjectMapper();

    ClipTokenizerConfig {
        if (maxLength < 2) {
            throw new IllegalArgumentException(
                    "model_max_length is " + maxLength + ", but start and end of text need 2");
        }
    }

    static ClipTokenizerConfig ofLength(int maxLength) {
        return new ClipTokenizerConfig(ClipWords.START, ClipWords.END, ClipWords.END, ClipWords.END, maxLength);
    }

    ClipTokenizerConfig padded(String token) {
        return new ClipTokenizerConfig(start, end, unknown, token, maxLength);
    }

    /** Reads the folder's JSON files; what neither of them says has CLIP's default. */
    static ClipTokenizerConfig load(Path folder) throws IOException {
        JsonNode special = read(folder.resolve(SPECIAL_TOKENS_FILE));
        JsonNode config = read(folder.resolve(CONFIG_FILE));
        return new ClipTokenizerConfig(
                token(special, config, "bos_token", ClipWords.START),
                token(special, config, "eos_token", ClipWords.END),
                token(special, config, "unk_token", ClipWords.END),
                token(special, config, "pad_token", ClipWords.END),
                config.path("model_max_length").asInt(CLIP_LENGTH));
    }

    /** The special tokens; in a text they stand for themselves, even the "!" with which some tokenizers pad. */
    Set<String> special() {
        // all four are often the same two
        return new LinkedHashSet<>(List.of(start, end, unknown, padding));
    }

    void save(Path folder) throws IOException {
        Map<String, Object> tokens = new LinkedHashMap<>();
        tokens.put("bos_token", start);
        tokens.put("eos_token", end);
        tokens.put("unk_token", unknown);
        tokens.put("pad_token", padding);
        JSON.writerWithDefaultPrettyPrinter()
                .writeValue(folder.resolve(SPECIAL_TOKENS_FILE).toFile(), tokens);
        Map<String, Object> config = new LinkedHashMap<>(tokens);
        config.put("tokenizer_class", "CLIPTokenizer");
        config.put("model_max_length", maxLength);
        config.put("do_lower_case", true);
        config.put("add_prefix_space", false);
        config.put("errors", "replace");
        JSON.writerWithDefaultPrettyPrinter()
                .writeValue(folder.resolve(CONFIG_FILE).toFile(), config);
    }

    private static JsonNode read(Path file) throws IOException {
        return Files.exists(file) ? JSON.readTree(file.toFile()) : JSON.createObjectNode();
    }

    /** A special token is written as a string or as an object with its {@code content}. */
    private static String token(JsonNode special, JsonNode config, String key, String fallback) {
        JsonNode node = special.hasNonNull(key) ? special.get(key) : config.path(key);
        return node.isObject() ? node.path("content").asText(fallback) : node.asText(fallback);
    }
}
