package dev.preflow.producers.source;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.preflow.producers.plan.PromptRules;
import org.jspecify.annotations.Nullable;

/** Reads one entry out of its text or its JSON value. */
final class EntryParser {

    private static final int SHOWN = 60;

    private final ObjectMapper mapper = new ObjectMapper();
    private final ObjectReader wholeLine = mapper.reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    ObjectMapper mapper() {
        return mapper;
    }

    static SourceEntry words(long position, String text, @Nullable String id) {
        return PromptRules.hasUnpairedSurrogate(text)
                ? new SourceEntry.Refused(
                        position,
                        "It holds half of a surrogate pair, which no encoding can carry: write whole characters")
                : new SourceEntry.Words(position, text, id);
    }

    SourceEntry jsonLine(long position, String line) {
        try {
            return json(position, wholeLine.readTree(line));
        } catch (JsonProcessingException e) {
            return new SourceEntry.Refused(
                    position, "It is not JSON (%s): write one JSON value per line".formatted(e.getOriginalMessage()));
        }
    }

    SourceEntry json(long position, JsonNode value) {
        if (value.isTextual()) {
            return words(position, value.textValue(), null);
        }
        var text = value.path("text").isTextual() ? value.path("text") : value.path("prompt");
        if (!text.isTextual()) {
            return new SourceEntry.Refused(
                    position,
                    "It is neither a string nor an object with a string \"text\" or \"prompt\": " + shown(value));
        }
        var id = value.path("id");
        return words(position, text.textValue(), id.isTextual() || id.isIntegralNumber() ? id.asText() : null);
    }

    private static String shown(JsonNode value) {
        var text = value.toString();
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
    }
}
