package dev.preflow.producers.generate;

import dev.preflow.schemas.GenerationTask;
import dev.preflow.schemas.Purpose;
import dev.preflow.stream.NonRetriableException;
import dev.preflow.stream.OutageException;
import dev.preflow.stream.RetriableException;
import dev.preflow.stream.RetryAfter;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Any endpoint that speaks OpenAI's {@code POST /v1/images/generations}: OpenAI, Azure, LocalAI, vLLM-Omni and others. One
 * request draws one image. Images come inside the answer; an address in its place is refused, for following it would let the
 * endpoint choose whom this process calls.
 */
public final class OpenAiImagesGenerator implements ImageGenerator {

    private static final int MAX_CONNECT_MILLIS = 10_000;

    private final ImagesEndpoint endpoint;
    private final Vertx vertx;
    private final HttpClient client;
    private final ForeignImages foreign;

    /**
     * A generator over an endpoint.
     *
     * @param vertx runs the calls
     * @param endpoint whom to ask
     */
    public OpenAiImagesGenerator(Vertx vertx, ImagesEndpoint endpoint) {
        this.vertx = vertx;
        this.endpoint = endpoint;
        this.foreign = new ForeignImages(endpoint.maxPixels());
        this.client = vertx.createHttpClient(
                new HttpClientOptions().setConnectTimeout(MAX_CONNECT_MILLIS),
                new PoolOptions().setHttp1MaxSize(endpoint.inFlight()));
    }

    @Override
    public Set<String> names() {
        return Set.of(endpoint.generator());
    }

    @Override
    public Future<Drawing> draw(GenerationTask task) {
        if (task.getPurpose() == Purpose.ROLLOUT) {
            return Future.failedFuture(new NonRetriableException(
                    "no-trajectories",
                    "Generator '%s' is an endpoint and gives no trajectories: ask the policy for rollouts"
                            .formatted(endpoint.generator())));
        }
        var options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setAbsoluteURI(endpoint.generations())
                .setFollowRedirects(false)
                .putHeader("Content-Type", "application/json");
        if (endpoint.apiKey() != null) {
            options.putHeader("Authorization", "Bearer " + endpoint.apiKey().reveal());
        }
        return client.request(options)
                .compose(request -> exchange(request, body(task).toBuffer()))
                .recover(OpenAiImagesGenerator::classified)
                .compose(reply -> vertx.executeBlocking(() -> drawing(task, reply), false));
    }

    @Override
    public void close() {
        client.close();
    }

    private Future<ImagesReply> exchange(HttpClientRequest request, Buffer body) {
        return request.send(body)
                .compose(this::read)
                .timeout(endpoint.timeout().toMillis(), TimeUnit.MILLISECONDS)
                .onFailure(cause -> request.reset());
    }

    private Future<ImagesReply> read(HttpClientResponse response) {
        var promise = Promise.<ImagesReply>promise();
        var body = Buffer.buffer();
        response.handler(chunk -> {
            if (body.length() + chunk.length() > endpoint.maxReplyBytes()) {
                promise.tryFail(new NonRetriableException(
                        "unusable-answer",
                        "The images endpoint's answer is longer than the %d bytes that are taken: ask for a smaller size"
                                .formatted(endpoint.maxReplyBytes())));
            } else {
                body.appendBuffer(chunk);
            }
        });
        response.exceptionHandler(promise::tryFail);
        response.endHandler(end -> promise.tryComplete(new ImagesReply(
                response.statusCode(),
                RetryAfter.parse(response.getHeader("Retry-After"), Instant.now())
                        .orElse(null),
                body.getBytes())));
        return promise.future();
    }

    private JsonObject body(GenerationTask task) {
        var body = new JsonObject()
                .put("model", endpoint.model())
                .put("prompt", task.getPromptText())
                .put("n", 1)
                .put("size", endpoint.size());
        if (endpoint.askForBase64()) {
            body.put("response_format", "b64_json");
        }
        if (endpoint.diffusionParameters()) {
            body.put("seed", task.getSeed())
                    .put("num_inference_steps", task.getSteps())
                    .put("guidance_scale", task.getGuidanceScale());
        }
        return body;
    }

    private Drawing drawing(GenerationTask task, ImagesReply reply)
            throws RetriableException, OutageException, NonRetriableException {
        byte[] file = reply.image();
        try {
            return new Drawing(foreign.toPng(file), task.getSteps(), task.getGuidanceScale(), null, null);
        } catch (IOException e) {
            throw new NonRetriableException(
                    "unusable-image", "The images endpoint's image cannot be used: " + e.getMessage(), e);
        }
    }

    private static <T> Future<T> classified(Throwable cause) {
        // what breaks below HTTP (connections, timeouts) passes
        return Future.failedFuture(
                cause instanceof NonRetriableException
                        ? cause
                        : new RetriableException("The images endpoint cannot be reached: " + cause, cause));
    }
}
