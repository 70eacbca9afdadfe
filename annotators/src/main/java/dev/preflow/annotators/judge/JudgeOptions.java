package dev.preflow.annotators.judge;

import dev.preflow.stream.config.Secret;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The endpoint and how it is asked.
 *
 * @param baseUrl what comes before {@code /chat/completions}, such as {@code http://localhost:8000/v1}
 * @param apiKey sent as bearer token; null sends none
 * @param model the model asked for
 * @param temperature of sampling; low is better, for accuracy and self-consistency fall as it rises (paper section 2.5d); null
 *     leaves it to the endpoint, as some models demand
 * @param maxTokens limit of one reply, in tokens
 * @param maxTokensField name of that limit in the request: {@code max_tokens}, or {@code max_completion_tokens} for models
 *     that refuse the former
 * @param seed of sampling; null sends none
 * @param responseFormat how the endpoint is told the form of the reply
 * @param connectTimeout limit of connecting
 * @param timeout limit of one call from its sending to the last byte of the reply
 * @param maxReplyBytes size beyond which a reply is not read on
 * @param limits how much may be asked at once and per minute
 */
public record JudgeOptions(
        URI baseUrl,
        @Nullable Secret apiKey,
        String model,
        @Nullable Double temperature,
        int maxTokens,
        String maxTokensField,
        @Nullable Long seed,
        ResponseFormat responseFormat,
        Duration connectTimeout,
        Duration timeout,
        int maxReplyBytes,
        JudgeLimits limits) {

    /** Checks what would otherwise fail far away. */
    public JudgeOptions {
        var scheme = baseUrl.getScheme();
        if (!"http".equals(scheme) && !"https".equals(scheme) || baseUrl.getHost() == null) {
            throw new IllegalArgumentException("The judge's base URL must look like https://host/v1, not " + baseUrl);
        }
        if (baseUrl.getUserInfo() != null) {
            throw new IllegalArgumentException(
                    "The judge's base URL must not hold a password; set the API key instead");
        }
        if (model.isBlank()) {
            throw new IllegalArgumentException("The judge needs the name of a model");
        }
        if (maxTokens < 1 || maxReplyBytes < 1) {
            throw new IllegalArgumentException("The limits of a judge's reply must be above 0");
        }
    }

    /**
     * Where the calls go.
     *
     * @return the address of the chat completions
     */
    public URI endpoint() {
        var path = baseUrl.getRawPath().replaceAll("/+$", "") + "/chat/completions";
        var query = baseUrl.getRawQuery();
        return baseUrl.resolve(query == null ? path : path + "?" + query);
    }
}
