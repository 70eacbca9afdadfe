package dev.preflow.producers.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.preflow.broker.EmbeddedBroker;
import dev.preflow.producers.TestLoop;
import dev.preflow.schemas.DeadLetter;
import dev.preflow.schemas.GenerationTask;
import dev.preflow.schemas.Ids;
import dev.preflow.schemas.Image;
import dev.preflow.schemas.Purpose;
import dev.preflow.stream.RetryPolicy;
import dev.preflow.stream.Stage;
import dev.preflow.stream.StageOptions;
import dev.preflow.stream.blob.BlobStore;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeneratorStageTest {

    private static final RetryPolicy QUICK = new RetryPolicy(3, Duration.ofMillis(1), Duration.ofMillis(10));

    @TempDir
    private static Path folder;

    private static EmbeddedBroker broker;

    private final AtomicInteger calls = new AtomicInteger();
    private TestLoop loop;
    private BlobStore blobs;
    private ImageGenerator generator;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = EmbeddedBroker.start(folder.resolve("broker"));
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void start() throws Exception {
        loop = TestLoop.on(broker);
        blobs = new BlobStore(folder.resolve("blobs"));
        var file = PngImage.encode(new BufferedImage(6, 5, BufferedImage.TYPE_INT_RGB));
        var answer = new JsonObject()
                .put(
                        "data",
                        new JsonArray()
                                .add(new JsonObject()
                                        .put("b64_json", Base64.getEncoder().encodeToString(file.bytes()))));
        var server = loop.runtime()
                .vertx()
                .createHttpServer()
                .requestHandler(request -> request.body().onSuccess(body -> {
                    calls.incrementAndGet();
                    var prompt = body.toJsonObject().getString("prompt");
                    if (prompt.equals("down")) {
                        request.response().setStatusCode(503).end();
                    } else if (prompt.equals("forbidden")) {
                        request.response()
                                .setStatusCode(400)
                                .end("{\"error\": {\"code\": \"content_policy_violation\"}}");
                    } else {
                        request.response().end(answer.toBuffer());
                    }
                }))
                .listen(0, "localhost")
                .await();
        generator = new OpenAiImagesGenerator(
                loop.runtime().vertx(),
                new ImagesEndpoint(
                        "remote",
                        URI.create("http://localhost:" + server.actualPort() + "/v1"),
                        "a-model",
                        null,
                        "6x5",
                        true,
                        true,
                        Duration.ofSeconds(5),
                        8,
                        1 << 20,
                        1 << 20));
    }

    @AfterEach
    void stop() {
        generator.close();
        loop.close();
    }

    @Test
    void shouldDrawTheTasksOfItsGeneratorsAndPassOverOthers() throws Exception {
        var images = loop.records(loop.topics().images());
        var stage = startStage();
        publish(task("p1", "elsewhere", "a fox"));
        var task = task("p1", "remote", "a fox");
        publish(task);

        await().until(() -> images.size() == 1);
        stage.stop().await();

        assertThat(calls).hasValue(1);
        assertThat(images).singleElement().satisfies(image -> {
            assertThat(image.getId()).isEqualTo(task.getId());
            assertThat(image.getPromptId()).isEqualTo("p1");
            assertThat(image.getPromptText()).isEqualTo("a fox");
            assertThat(image.getWidth()).isEqualTo(6);
            assertThat(image.getHeight()).isEqualTo(5);
            assertThat(image.getPolicyRelease()).isNull();
            assertThat(image.getTrajectory()).isNull();
            var pixels = ImageIO.read(new ByteArrayInputStream(blobs.get(image.getPixels())));
            assertThat(pixels.getWidth()).isEqualTo(6);
        });
    }

    @Test
    void shouldSparePromptsWhenOneOfTheirImagesCannotBeDrawn() throws Exception {
        var letters = loop.records(loop.topics().deadLetters());
        var stage = startStage();
        publish(task("p1", "remote", "forbidden"));
        publish(task("p2", "remote", "down"));

        await().until(() -> letters.size() == 2);
        stage.stop().await();

        assertThat(letters)
                .allSatisfy(letter -> assertThat(letter.getEndsPrompt()).isFalse());
        assertThat(letters)
                .extracting(DeadLetter::getPromptId, DeadLetter::getReason, DeadLetter::getAttempts)
                .containsExactlyInAnyOrder(tuple("p1", "refused", 1), tuple("p2", "attempts-exhausted", 3));
    }

    @Test
    void shouldNotDrawAgainWhatIsOnTheTopicAlready() throws Exception {
        var images = loop.records(loop.topics().images());
        var task = task("p1", "remote", "a fox");
        var stage = startStage();
        publish(task);
        await().until(() -> images.size() == 1);
        stage.stop().await();

        // what a member that died before its commit leaves behind is delivered to the next one
        publish(task);
        publish(task("p2", "remote", "an owl"));
        var next = startStage();
        await().until(() -> images.size() == 2);
        next.stop().await();

        assertThat(images).extracting(Image::getPromptId).containsExactlyInAnyOrder("p1", "p2");
        assertThat(calls).hasValue(2);
    }

    private Stage<GenerationTask> startStage() {
        return GeneratorStage.start(
                loop.runtime(),
                "remote",
                generator,
                blobs,
                StageOptions.inFlight(4).withRetry(QUICK),
                Clock.systemUTC());
    }

    private void publish(GenerationTask task) {
        loop.publish(loop.topics().tasks(), task.getId(), task);
    }

    private static GenerationTask task(String promptId, String generator, String text) {
        return GenerationTask.newBuilder()
                .setId(Ids.imageId(promptId, generator, 0, 7))
                .setPromptId(promptId)
                .setPromptText(text)
                .setPurpose(Purpose.JUDGE)
                .setGenerator(generator)
                .setIndex(0)
                .setGroupSize(4)
                .setSeed(7)
                .setGuidanceScale(7.5f)
                .setSteps(20)
                .setCreatedAt(Instant.ofEpochMilli(1_000))
                .build();
    }
}
