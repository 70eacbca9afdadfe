package dev.preflow.producers.generate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.preflow.stream.NonRetriableException;
import dev.preflow.stream.OutageException;
import dev.preflow.stream.RetriableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an images endpoint answered.
 *
 * @param status the HTTP status
 * @param retryAfter how long it asks to be left alone, null when it does not
 * @param body the body
 */
record ImagesReply(int status, @Nullable Duration retryAfter, byte[] body) {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int OK = 200;
    private static final int SERVER_ERROR = 500;
    /** Request timeout, conflict, too early, too many requests: the same request can succeed later. */
    private static final Set<Integer> PASSING = Set.of(408, 409, 425, 429);
    /** Without the right key, the account's budget, or the path or model: no request succeeds before that is mended. */
    private static final Set<Integer> OUTAGES = Set.of(401, 402, 403, 404);
    /** How OpenAI, Azure and those who follow them name a refusal of the prompt or of the image drawn. */
    private static final Set<String> REFUSALS = Set.of(
            "content_policy_violation",
            "moderation_blocked",
            "content_filter",
            "contentfilter",
            "image_generation_user_error");

    private static final int SHOWN = 300;

    /**
     * The encoded image that it holds.
     *
     * @return the bytes of an image file, unchecked
     * @throws RetriableException when asking again can help
     * @throws OutageException when it can once the key, the account or the configuration is mended
     * @throws NonRetriableException when it cannot
     */
    byte[] image() throws RetriableException, OutageException, NonRetriableException {
        if (status == OK) {
            return decode(successful().path("data").path(0));
        }
        var said = "The images endpoint answered with status %d: %s".formatted(status, shown());
        if (!refused() && (OUTAGES.contains(status) || word(error(), "code").equals("insufficient_quota"))) {
            throw new OutageException(said + " (check the key, the account, the URL and the model's name)", null);
        }
        if (status >= SERVER_ERROR || PASSING.contains(status)) {
            throw new RetriableException(said, null, retryAfter);
        }
        throw new NonRetriableException(refused() ? "refused" : "bad-request", said);
    }

    private byte[] decode(JsonNode image) throws RetriableException, NonRetriableException {
        var encoded = image.path("b64_json");
        if (encoded.isTextual()) {
            try {
                return Base64.getMimeDecoder().decode(encoded.textValue());
            } catch (IllegalArgumentException e) {
                throw new RetriableException("The images endpoint's b64_json is not Base64: " + e.getMessage(), e);
            }
        }
        if (image.has("url")) {
            throw new NonRetriableException(
                    "unusable-answer",
                    "The images endpoint answered with an address, and addresses are not followed: make it answer with b64_json");
        }
        throw new NonRetriableException("unusable-answer", "The images endpoint answered without an image: " + shown());
    }

    private JsonNode successful() throws RetriableException {
        try {
            return MAPPER.readTree(body);
        } catch (IOException e) {
            throw new RetriableException("The images endpoint's answer is not JSON: " + shown(), e);
        }
    }

    private boolean refused() {
        var error = error();
        return REFUSALS.contains(word(error, "code")) || REFUSALS.contains(word(error, "type"));
    }

    private JsonNode error() {
        try {
            return MAPPER.readTree(body).path("error");
        } catch (IOException e) {
            // the error page of a proxy has no code
            return MissingNode.getInstance();
        }
    }

    private static String word(JsonNode error, String field) {
        return error.path(field).asText().toLowerCase(Locale.ROOT);
    }

    private String shown() {
        var text = new String(body, StandardCharsets.UTF_8).strip();
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
    }
}
