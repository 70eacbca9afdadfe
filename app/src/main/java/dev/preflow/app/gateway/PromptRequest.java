package dev.preflow.app.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.preflow.schemas.Ids;
import dev.preflow.schemas.Prompt;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the body of {@code POST /v1/prompts}: one prompt or an array of them, all of which must be good. */
final class PromptRequest {

    private static final ObjectReader READER =
            new ObjectMapper().reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,127}");
    private static final Set<String> FIELDS = Set.of("text", "id");
    private static final String SOURCE = "http";

    private final GatewayOptions options;

    PromptRequest(GatewayOptions options) {
        this.options = options;
    }

    /**
     * What was asked for.
     *
     * @param prompts the prompts
     * @param batch whether they came as an array
     */
    record Parsed(List<Prompt> prompts, boolean batch) {}

    Parsed parse(byte[] body) {
        JsonNode json;
        try {
            json = READER.readTree(body);
        } catch (JsonProcessingException e) {
            throw new BadRequestException("The body is not JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new BadRequestException("The body is not JSON: " + e.getMessage());
        }
        if (json.isObject()) {
            return new Parsed(List.of(prompt(json, "The prompt")), false);
        }
        if (!json.isArray()) {
            throw new BadRequestException("The body must be an object {\"text\": ...} or an array of such objects");
        }
        if (json.isEmpty() || json.size() > options.maxBatch()) {
            throw new BadRequestException("The array has %d prompts: send from 1 to %d in one request"
                    .formatted(json.size(), options.maxBatch()));
        }
        return new Parsed(batch(json), true);
    }

    private List<Prompt> batch(JsonNode array) {
        var prompts = new ArrayList<Prompt>();
        var ids = new HashSet<String>();
        for (int i = 0; i < array.size(); i++) {
            var prompt = prompt(array.get(i), "Prompt %d of the array (from 0)".formatted(i));
            if (!ids.add(prompt.getId())) {
                throw new BadRequestException("The array has two prompts of the id " + prompt.getId());
            }
            prompts.add(prompt);
        }
        return prompts;
    }

    private Prompt prompt(JsonNode json, String name) {
        if (!json.isObject()) {
            throw new BadRequestException(name + " must be an object {\"text\": ...}");
        }
        json.fieldNames().forEachRemaining(field -> {
            if (!FIELDS.contains(field)) {
                throw new BadRequestException(name + " has an unknown field: only text and id are known");
            }
        });
        var text = json.get("text");
        if (text == null || !text.isTextual()) {
            throw new BadRequestException(name + " needs a text, as a string");
        }
        options.rules().violation(text.textValue()).ifPresent(violation -> {
            throw new BadRequestException(
                    "%s cannot be drawn (%s): %s".formatted(name, violation.reason(), violation.detail()));
        });
        return Prompt.newBuilder()
                .setId(id(json.get("id"), name))
                .setText(text.textValue())
                .setSource(SOURCE)
                .setCreatedAt(Instant.now().truncatedTo(ChronoUnit.MILLIS))
                .build();
    }

    private static String id(@Nullable JsonNode id, String name) {
        if (id == null || id.isNull()) {
            return Ids.newPromptId();
        }
        if (!id.isTextual() || !ID.matcher(id.textValue()).matches()) {
            throw new BadRequestException(name
                    + " has a bad id: 1 to 128 letters, digits, '.', '_', ':' or '-', the first a letter or digit");
        }
        return id.textValue();
    }
}
