package dev.preflow.annotators.judge;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the model answered.
 *
 * @param text its words, untouched
 * @param model the model as the endpoint named it
 * @param outcome how the reply ended
 * @param promptTokens tokens of the request as the endpoint counted them; null when it did not
 * @param completionTokens tokens of the reply as the endpoint counted them; null when it did not
 * @param latency from sending the request to the last byte
 */
public record JudgeReply(
        String text,
        String model,
        Outcome outcome,
        @Nullable Integer promptTokens,
        @Nullable Integer completionTokens,
        Duration latency) {

    /** How a reply ended. */
    public enum Outcome {
        /** The model said what it had to say. */
        COMPLETE,
        /** The limit of tokens cut it off. */
        TRUNCATED,
        /** The model, or a content filter before or after it, would not answer. */
        REFUSED
    }
}
