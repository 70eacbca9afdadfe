package dev.preflow.annotators.judge;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The wire form of OpenAI's chat completions. */
final class ChatCodec {

    private final JudgeOptions options;

    ChatCodec(JudgeOptions options) {
        this.options = options;
    }

    Buffer encode(ChatRequest request) {
        var messages = new JsonArray();
        request.messages().forEach(message -> messages.add(message(message)));
        var body = new JsonObject()
                .put("model", options.model())
                .put("messages", messages)
                .put(options.maxTokensField(), options.maxTokens());
        if (options.temperature() != null) {
            body.put("temperature", options.temperature());
        }
        if (options.seed() != null) {
            body.put("seed", options.seed());
        }
        switch (options.responseFormat()) {
            case JSON_SCHEMA ->
                body.put(
                        "response_format",
                        new JsonObject()
                                .put("type", "json_schema")
                                .put(
                                        "json_schema",
                                        new JsonObject()
                                                .put("name", "ratings")
                                                .put("strict", true)
                                                .put("schema", request.schema())));
            case JSON_OBJECT -> body.put("response_format", new JsonObject().put("type", "json_object"));
            case NONE -> {}
        }
        return body.toBuffer();
    }

    private static JsonObject message(ChatMessage message) {
        var content = new JsonArray();
        for (var part : message.parts()) {
            if (part instanceof ContentPart.Text text) {
                content.add(new JsonObject().put("type", "text").put("text", text.text()));
            } else if (part instanceof ContentPart.Picture picture) {
                content.add(new JsonObject()
                        .put("type", "image_url")
                        .put("image_url", new JsonObject().put("url", picture.dataUri())));
            }
        }
        var wire = new JsonObject().put("role", message.role().name().toLowerCase(Locale.ROOT));
        // a model's own turn is a plain string: some servers take parts from the user only
        return message.role() == ChatMessage.Role.ASSISTANT
                ? wire.put("content", words(content))
                : wire.put("content", content);
    }

    /**
     * Reads a completion.
     *
     * @throws JudgeException when it is not one
     */
    JudgeReply decode(Buffer body, Duration latency) {
        if (body.length() == 0) {
            throw malformed("the body is empty", null);
        }
        try {
            var completion = new JsonObject(body);
            var error = completion.getValue("error");
            if (error != null) {
                throw malformed("it holds an error: " + error, null);
            }
            var choices = completion.getJsonArray("choices");
            if (choices == null || choices.isEmpty()) {
                throw malformed("it holds no choices", null);
            }
            var choice = choices.getJsonObject(0);
            var message = choice.getJsonObject("message");
            if (message == null) {
                throw malformed("its choice holds no message", null);
            }
            var refusal = message.getString("refusal");
            var usage = completion.getJsonObject("usage", new JsonObject());
            return new JudgeReply(
                    refusal == null || refusal.isEmpty() ? words(message.getValue("content")) : refusal,
                    completion.getString("model", options.model()),
                    outcome(choice.getString("finish_reason"), refusal),
                    usage.getInteger("prompt_tokens"),
                    usage.getInteger("completion_tokens"),
                    latency);
        } catch (DecodeException | ClassCastException e) {
            throw malformed("it is not the JSON of a chat completion", e);
        }
    }

    private static JudgeReply.Outcome outcome(@Nullable String finishReason, @Nullable String refusal) {
        if ("content_filter".equals(finishReason) || refusal != null && !refusal.isEmpty()) {
            return JudgeReply.Outcome.REFUSED;
        }
        return "length".equals(finishReason) ? JudgeReply.Outcome.TRUNCATED : JudgeReply.Outcome.COMPLETE;
    }

    /** The words of a content, which is a string, a list of parts, or null where the model said nothing. */
    private static String words(@Nullable Object content) {
        if (content instanceof JsonArray parts) {
            return parts.stream()
                    .map(JsonObject.class::cast)
                    .map(part -> part.getString("text", ""))
                    .collect(Collectors.joining());
        }
        return content == null ? "" : (String) content;
    }

    private JudgeException malformed(String what, @Nullable Throwable cause) {
        return JudgeException.retriable(
                "judge-malformed",
                "The answer of %s is not a chat completion: %s. Check that the base URL is that of an OpenAI-compatible endpoint"
                        .formatted(options.endpoint(), what),
                cause);
    }
}
