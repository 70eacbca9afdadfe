package dev.preflow.producers.source;

import java.util.Locale;

/** How prompts are written down. */
public enum PromptFormat {
    /** One prompt per line, UTF-8; empty lines are skipped. */
    LINES,
    /** One JSON value per line: a string, or an object with "text" or "prompt", and optionally "id". */
    JSON_LINES,
    /** One JSON array of such values. */
    JSON_ARRAY;

    /**
     * The format that a file's name promises.
     *
     * @param name the file's name
     * @return JSON lines for {@code .jsonl} and {@code .ndjson}, an array for {@code .json}, else lines
     */
    public static PromptFormat ofFileName(String name) {
        var lower = name.toLowerCase(Locale.ROOT);
        if (lower.endsWith(".jsonl") || lower.endsWith(".ndjson")) {
            return JSON_LINES;
        }
        return lower.endsWith(".json") ? JSON_ARRAY : LINES;
    }

    /**
     * The format that an HTTP answer's media type promises.
     *
     * @param contentType the Content-Type header, with or without parameters
     * @return JSON lines for the names in use for them, an array for {@code application/json}, else lines
     */
    public static PromptFormat ofContentType(String contentType) {
        var type = contentType.toLowerCase(Locale.ROOT).split(";", 2)[0].strip();
        return switch (type) {
            case "application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines" ->
                JSON_LINES;
            case "application/json", "text/json" -> JSON_ARRAY;
            default -> LINES;
        };
    }
}
