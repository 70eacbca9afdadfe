package dev.preflow.annotators.judge;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.stream.Stream;

/**
 * What is asked of the model.
 *
 * @param messages the turns so far, the first and the last by the user
 * @param schema JSON schema of the reply, sent where the endpoint knows such schemas
 */
public record ChatRequest(List<ChatMessage> messages, JsonObject schema) {

    /** Copies the turns. */
    public ChatRequest {
        messages = List.copyOf(messages);
    }

    /**
     * The same request continued: the model's reply and what to do about it.
     *
     * @param reply what the model answered
     * @param next what the user says to that
     * @return the longer request
     */
    public ChatRequest followedBy(String reply, String next) {
        var more = Stream.of(
                ChatMessage.text(ChatMessage.Role.ASSISTANT, reply), ChatMessage.text(ChatMessage.Role.USER, next));
        return new ChatRequest(Stream.concat(messages.stream(), more).toList(), schema);
    }
}
