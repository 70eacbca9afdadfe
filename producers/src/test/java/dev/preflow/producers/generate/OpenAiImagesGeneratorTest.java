package dev.preflow.producers.generate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.preflow.schemas.GenerationTask;
import dev.preflow.schemas.Purpose;
import dev.preflow.stream.NonRetriableException;
import dev.preflow.stream.OutageException;
import dev.preflow.stream.RetriableException;
import dev.preflow.stream.config.Secret;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OpenAiImagesGeneratorTest {

    private static final String KEY = "sk-a-secret";
    /** One pixel, lossless. */
    private static final String WEBP = "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==";

    private static final int PNG_WIDTH_AT = 16;

    private final Vertx vertx = Vertx.vertx();
    private volatile BiConsumer<HttpServerRequest, JsonObject> answer = (request, body) -> {};
    private URI address = URI.create("http://localhost");

    @BeforeEach
    void startServer() {
        var server = vertx.createHttpServer()
                .requestHandler(
                        request -> request.body().onSuccess(body -> answer.accept(request, body.toJsonObject())))
                .listen(0, "localhost")
                .await();
        address = URI.create("http://localhost:" + server.actualPort() + "/v1");
    }

    @AfterEach
    void stopServer() {
        vertx.close().await();
    }

    @Test
    void shouldAskForOneImageAndKeepItAsPng() throws Exception {
        var asked = new JsonArray();
        answer = (request, body) -> {
            asked.add(body).add(request.path()).add(request.getHeader("Authorization"));
            image(request, file("png", 8, 4));
        };

        var drawing = draw(true);

        assertThat(asked.getJsonObject(0))
                .isEqualTo(new JsonObject()
                        .put("model", "a-model")
                        .put("prompt", "a fox")
                        .put("n", 1)
                        .put("size", "8x4")
                        .put("response_format", "b64_json")
                        .put("seed", 7)
                        .put("num_inference_steps", 20)
                        .put("guidance_scale", 7.5));
        assertThat(asked.getString(1)).isEqualTo("/v1/images/generations");
        assertThat(asked.getString(2)).isEqualTo("Bearer " + KEY);
        assertThat(drawing.image().width()).isEqualTo(8);
        assertThat(drawing.image().height()).isEqualTo(4);
        assertThat(pixels(drawing).getRGB(3, 2)).isEqualTo(Color.ORANGE.getRGB());
        assertThat(drawing.trajectory()).isNull();
    }

    @Test
    void shouldSendNothingButOpenAisOwnParametersUnlessToldTo() throws Exception {
        var asked = new JsonArray();
        answer = (request, body) -> {
            asked.add(body);
            image(request, file("png", 8, 4));
        };

        draw(false);

        assertThat(asked.getJsonObject(0).fieldNames())
                .containsExactlyInAnyOrder("model", "prompt", "n", "size", "response_format");
    }

    @Test
    void shouldTurnJpegAndWebpIntoPng() throws Exception {
        answer = (request, body) -> image(request, file("jpeg", 16, 16));
        assertThat(pixels(draw(true)).getWidth()).isEqualTo(16);

        answer = (request, body) -> image(request, Base64.getDecoder().decode(WEBP));
        assertThat(pixels(draw(true)).getWidth()).isEqualTo(1);
    }

    @Test
    void shouldTellRefusalsFromOtherBadRequests() throws Exception {
        answer = (request, body) -> error(request, "content_policy_violation");
        assertThat(reason()).isEqualTo("refused");

        answer = (request, body) -> error(request, "moderation_blocked");
        assertThat(reason()).isEqualTo("refused");

        answer = (request, body) -> error(request, "invalid_size");
        assertThat(reason()).isEqualTo("bad-request");

        answer = (request, body) -> request.response()
                .setStatusCode(302)
                .putHeader("Location", address + "/elsewhere")
                .end();
        assertThat(reason()).isEqualTo("bad-request");
    }

    @Test
    void shouldNeverFollowAnAddressInPlaceOfAnImage() throws Exception {
        var item = new JsonObject().put("url", "http://169.254.169.254/latest");
        answer = (request, body) -> data(request, item);
        assertThat(reason()).isEqualTo("unusable-answer");

        answer = (request, body) -> data(request, new JsonObject());
        assertThat(reason()).isEqualTo("unusable-answer");
    }

    @Test
    void shouldGiveNothingUpForAKeyOrAnAccount() throws Exception {
        answer = (request, body) -> request.response().setStatusCode(401).end("<html>no</html>");
        assertThat(failure(OutageException.class)).hasMessageContaining("401");

        answer = (request, body) ->
                request.response().setStatusCode(429).end("{\"error\": {\"code\": \"insufficient_quota\"}}");
        assertThat(failure(OutageException.class)).hasMessageContaining("check the key, the account");

        answer = (request, body) ->
                request.response().setStatusCode(403).end("{\"error\": {\"code\": \"content_policy_violation\"}}");
        assertThat(reason()).isEqualTo("refused");
    }

    @Test
    void shouldTakeOverHowLongToWait() throws Exception {
        answer = (request, body) -> request.response()
                .setStatusCode(429)
                .putHeader("Retry-After", "7")
                .end();
        assertThat(failure(RetriableException.class).retryAfter()).contains(Duration.ofSeconds(7));

        answer = (request, body) -> request.response()
                .setStatusCode(503)
                .putHeader("Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT")
                .end();
        assertThat(failure(RetriableException.class).retryAfter()).contains(Duration.ZERO);

        answer = (request, body) -> request.response()
                .setStatusCode(429)
                .putHeader("Retry-After", "soon")
                .end();
        assertThat(failure(RetriableException.class).retryAfter()).isEmpty();
    }

    @Test
    void shouldLetFailuresThatPassBeTriedAgain() throws Exception {
        answer = (request, body) -> request.response().setStatusCode(500).end("<html>starting</html>");
        assertThat(failure(RetriableException.class)).hasMessageContaining("500");

        answer = (request, body) -> request.response().end("{\"data\": [");
        assertThat(failure(RetriableException.class)).hasMessageContaining("not JSON");

        answer = (request, body) -> data(request, new JsonObject().put("b64_json", "A"));
        assertThat(failure(RetriableException.class)).hasMessageContaining("not Base64");

        answer = (request, body) -> request.connection().close();
        assertThat(failure(RetriableException.class)).hasMessageContaining("cannot be reached");

        // never answered
        answer = (request, body) -> {};
        assertThat(failure(RetriableException.class)).hasMessageContaining("cannot be reached");
    }

    @Test
    void shouldRefuseImagesThatAreDamagedUnknownOrTooLarge() throws Exception {
        byte[] whole = file("png", 64, 64);
        answer = (request, body) -> image(request, Arrays.copyOf(whole, whole.length / 2));
        assertThat(reason()).isEqualTo("unusable-image");

        answer = (request, body) -> image(request, "GIF89a-and-so-on".getBytes(StandardCharsets.US_ASCII));
        assertThat(reason()).isEqualTo("unusable-image");

        byte[] bomb = whole.clone();
        ByteBuffer.wrap(bomb).putInt(PNG_WIDTH_AT, 100_000).putInt(PNG_WIDTH_AT + Integer.BYTES, 100_000);
        answer = (request, body) -> image(request, bomb);
        assertThat(failure(NonRetriableException.class)).hasMessageContaining("100000 by 100000");

        answer = (request, body) -> request.response().end(Buffer.buffer(new byte[2_000_000]));
        assertThat(reason()).isEqualTo("unusable-answer");
    }

    @Test
    void shouldRefuseRollouts() {
        try (var generator = new OpenAiImagesGenerator(vertx, endpoint(true))) {
            assertThat(generator.draw(task(Purpose.ROLLOUT)).cause())
                    .isInstanceOf(NonRetriableException.class)
                    .hasMessageContaining("trajectories");
        }
    }

    @Test
    void shouldKeepTheKeyToItself() {
        assertThat(endpoint(true).toString()).doesNotContain(KEY);
    }

    private ImagesEndpoint endpoint(boolean diffusionParameters) {
        return new ImagesEndpoint(
                "remote",
                address,
                "a-model",
                new Secret(KEY),
                "8x4",
                diffusionParameters,
                true,
                Duration.ofSeconds(2),
                8,
                1_000_000,
                1_000_000);
    }

    private Drawing draw(boolean diffusionParameters) throws Exception {
        try (var generator = new OpenAiImagesGenerator(vertx, endpoint(diffusionParameters))) {
            return generator
                    .draw(task(Purpose.JUDGE))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
        }
    }

    private String reason() throws Exception {
        return failure(NonRetriableException.class).reason();
    }

    private <T extends Throwable> T failure(Class<T> type) throws Exception {
        try {
            draw(true);
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOf(type);
            return type.cast(e.getCause());
        }
        throw new AssertionError("An image was drawn");
    }

    private static void image(HttpServerRequest request, byte[] file) {
        data(request, new JsonObject().put("b64_json", Base64.getEncoder().encodeToString(file)));
    }

    private static void data(HttpServerRequest request, JsonObject item) {
        request.response()
                .end(new JsonObject().put("data", new JsonArray().add(item)).toBuffer());
    }

    private static void error(HttpServerRequest request, String code) {
        request.response()
                .setStatusCode(400)
                .end(new JsonObject()
                        .put("error", new JsonObject().put("message", "No.").put("code", code))
                        .toBuffer());
    }

    private static byte[] file(String format, int width, int height) {
        var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        var graphics = image.createGraphics();
        graphics.setColor(Color.ORANGE);
        graphics.fillRect(0, 0, width, height);
        graphics.dispose();
        var out = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, format, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static BufferedImage pixels(Drawing drawing) throws IOException {
        return ImageIO.read(new ByteArrayInputStream(drawing.image().bytes()));
    }

    private static GenerationTask task(Purpose purpose) {
        return GenerationTask.newBuilder()
                .setId("t1")
                .setPromptId("p1")
                .setPromptText("a fox")
                .setPurpose(purpose)
                .setGenerator("remote")
                .setIndex(0)
                .setGroupSize(4)
                .setSeed(7)
                .setGuidanceScale(7.5f)
                .setSteps(20)
                .setCreatedAt(Instant.ofEpochMilli(1_000))
                .build();
    }
}
