package dev.preflow.demo.endpoint;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the judge answers, before it becomes a completion.
 *
 * @param content the words, null where it refuses
 * @param refusal why it refuses, null where it does not
 * @param finishReason "stop", "length" or "content_filter"
 * @param promptTokens tokens that the question cost
 */
record Answer(@Nullable String content, @Nullable String refusal, String finishReason, int promptTokens) {
    static Answer of(String content, int promptTokens) {
        return new Answer(content, null, "stop", promptTokens);
    }

    static Answer refused(String reason, String finishReason, int promptTokens) {
        return new Answer(null, reason, finishReason, promptTokens);
    }

    /** OpenAI's chat completion object. */
    JsonObject completion(long createdSeconds) {
        String said = content == null ? refusal : content;
        int completionTokens = TokenCount.ofWords(TokenCount.words(said == null ? "" : said));
        return new JsonObject()
                .put("id", "chatcmpl-" + UUID.randomUUID())
                .put("object", "chat.completion")
                .put("created", createdSeconds)
                .put("model", JudgeServer.MODEL)
                .put(
                        "choices",
                        new JsonArray()
                                .add(new JsonObject()
                                        .put("index", 0)
                                        .put(
                                                "message",
                                                new JsonObject()
                                                        .put("role", "assistant")
                                                        .put("content", content)
                                                        .put("refusal", refusal))
                                        .put("finish_reason", finishReason)))
                .put(
                        "usage",
                        new JsonObject()
                                .put("prompt_tokens", promptTokens)
                                .put("completion_tokens", completionTokens)
                                .put("total_tokens", promptTokens + completionTokens));
    }
}
