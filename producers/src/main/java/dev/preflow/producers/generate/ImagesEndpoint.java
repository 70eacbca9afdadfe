package dev.preflow.producers.generate;

import dev.preflow.stream.config.Secret;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint that speaks OpenAI's images API.
 *
 * @param generator the generator's name in the pool
 * @param baseUrl the address up to and with the version, such as {@code http://localhost:8000/v1}; the operator's word,
 *     never a user's
 * @param model the model to ask for
 * @param apiKey sent as bearer token, null when the endpoint needs none
 * @param size the size to ask for, such as {@code 1024x1024}
 * @param diffusionParameters whether to send seed, num_inference_steps and guidance_scale, which vLLM-Omni takes and OpenAI
 *     refuses
 * @param askForBase64 whether to send response_format, which DALL·E needs and OpenAI's later models refuse
 * @param timeout longest wait for one image
 * @param inFlight images asked of it at once, from 1
 * @param maxReplyBytes longest reply
 * @param maxPixels largest image, width times height
 */
public record ImagesEndpoint(
        String generator,
        URI baseUrl,
        String model,
        @Nullable Secret apiKey,
        String size,
        boolean diffusionParameters,
        boolean askForBase64,
        Duration timeout,
        int inFlight,
        int maxReplyBytes,
        long maxPixels) {

    /** Checks the address. */
    public ImagesEndpoint {
        var scheme = baseUrl.getScheme();
        if (!("http".equals(scheme) || "https".equals(scheme)) || baseUrl.getHost() == null) {
            throw new IllegalArgumentException(
                    "The images endpoint of generator '%s' needs an http or https address, not %s"
                            .formatted(generator, baseUrl));
        }
    }

    /** The address that images are asked of. */
    String generations() {
        var base = baseUrl.toString();
        return (base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + "/images/generations";
    }
}
