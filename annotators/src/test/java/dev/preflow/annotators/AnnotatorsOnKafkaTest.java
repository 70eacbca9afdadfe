package dev.preflow.annotators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.preflow.annotators.assemble.GroupAssembler;
import dev.preflow.broker.EmbeddedBroker;
import dev.preflow.schemas.Annotation;
import dev.preflow.schemas.Aspect;
import dev.preflow.schemas.BlobRef;
import dev.preflow.schemas.ImageGroup;
import dev.preflow.schemas.Preference;
import dev.preflow.schemas.Purpose;
import dev.preflow.schemas.TopicSpec;
import dev.preflow.schemas.Topics;
import dev.preflow.stream.KafkaConnection;
import dev.preflow.stream.Publisher;
import dev.preflow.stream.StageRuntime;
import dev.preflow.stream.TopicCreator;
import dev.preflow.stream.TopicReader;
import dev.preflow.stream.TopicStart;
import dev.preflow.stream.blob.BlobStore;
import dev.preflow.stream.config.Config;
import dev.preflow.stream.observe.Health;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The assembly and the two stages on a real broker, with a judge over real HTTP. */
final class AnnotatorsOnKafkaTest {

    private static final Duration PATIENCE = Duration.ofSeconds(120);

    @TempDir
    private static Path directory;

    private static Vertx vertx;
    private static EmbeddedBroker broker;
    private static KafkaConnection kafka;
    private static Publisher publisher;
    private static BlobStore blobs;
    private static BlobRef pixels;
    private static BlobRef otherPixels;
    private static int runs;

    private Topics topics;

    @BeforeAll
    static void startBroker() throws Exception {
        vertx = Vertx.vertx();
        broker = EmbeddedBroker.start(directory.resolve("kafka"));
        kafka = KafkaConnection.to(broker.bootstrapServers());
        publisher = new Publisher(kafka);
        blobs = new BlobStore(directory.resolve("blobs"));
        pixels = blobs.put("pixels".getBytes(StandardCharsets.UTF_8), "image/png");
        otherPixels = blobs.put("other pixels".getBytes(StandardCharsets.UTF_8), "image/png");
    }

    @AfterAll
    static void stopBroker() {
        publisher.close();
        vertx.close().await();
        broker.close();
    }

    @BeforeEach
    void createTopics() throws Exception {
        topics = Topics.of("run" + runs++ + ".", 2);
        new TopicCreator(kafka).create(topics.all());
    }

    @Test
    void shouldJudgeEveryGroupOnceInSpiteOfABusyJudgeAndRedelivery() throws Exception {
        try (var endpoint = new ScriptedEndpoint(vertx, AnnotatorsOnKafkaTest::busyAtFirst)) {
            var annotator = AnnotatorStage.start(runtime(), blobs, config(endpoint));
            var preferences = PreferenceStage.start(runtime());
            publishGroups(0, 10);
            awaitRecords(topics.annotations(), 10);
            var first = awaitRecords(topics.preferences(), 10 * (1 + 4));
            annotator.stop().await(60, TimeUnit.SECONDS);
            preferences.stop().await(60, TimeUnit.SECONDS);
            int paid = endpoint.requests().size();

            assertThat(first).extracting(Preference::getId).doesNotHaveDuplicates();
            assertThat(first)
                    .filteredOn(preference -> preference.getAspect() == null)
                    .hasSize(10)
                    .allSatisfy(preference -> assertThat(preference.getMargin()).isEqualTo(1f));

            // the same groups once more, as after a crash before the offset moved, to a process that knows nothing yet
            var restarted = AnnotatorStage.start(runtime(), blobs, config(endpoint));
            var preferencesAgain = PreferenceStage.start(runtime());
            publishGroups(0, 10);
            publishGroups(10, 12);
            var annotations = awaitRecords(topics.annotations(), 12);
            awaitRecords(topics.preferences(), 12 * 5);
            restarted.stop().await(60, TimeUnit.SECONDS);
            preferencesAgain.stop().await(60, TimeUnit.SECONDS);

            assertThat(annotations).extracting(Annotation::getId).doesNotHaveDuplicates();
            assertThat(read(topics.annotations())).hasSize(12);
            assertThat(read(topics.preferences())).hasSize(60);
            assertThat(endpoint.requests()).hasSize(paid + 2 * Aspect.values().length);
            assertThat(read(topics.deadLetters())).isEmpty();
        }
    }

    /** Puts off the first calls, then rates the first image shown 4 and the second 5. */
    private static void busyAtFirst(int call, HttpServerRequest request) {
        if (call < 6) {
            request.response().setStatusCode(429).putHeader("Retry-After", "0").end("{}");
        } else {
            ScriptedEndpoint.saying("{\"images\": [{\"image\": 1, \"rating\": 4}, {\"image\": 2, \"rating\": 5}]}")
                    .handle(request);
        }
    }

    @Test
    void shouldEndPromptsThatCannotBeJudged() throws Exception {
        try (var endpoint = ScriptedEndpoint.answering(vertx, ScriptedEndpoint.saying("I'm sorry, I can't do that."))) {
            var annotator = AnnotatorStage.start(runtime(), blobs, config(endpoint));
            publishGroups(0, 2);
            assertEnded(2, "refused");
            endpoint.script((call, request) -> ScriptedEndpoint.saying("Nice!").handle(request));
            publishGroups(2, 3);
            assertEnded(3, "unrated");
            endpoint.script(
                    (call, request) -> ScriptedEndpoint.failing(500, "no").handle(request));
            publishGroups(3, 4);
            assertEnded(4, "attempts-exhausted");
            annotator.stop().await(60, TimeUnit.SECONDS);
            assertThat(read(topics.annotations())).isEmpty();
        }
    }

    @Test
    void shouldWaitForARightKeyAndLoseNothing() throws Exception {
        try (var endpoint = ScriptedEndpoint.answering(vertx, ScriptedEndpoint.failing(401, "expired"))) {
            var runtime = runtime();
            var annotator = AnnotatorStage.start(runtime, blobs, config(endpoint));
            publishGroups(0, 3);
            await().untilAsserted(() ->
                    assertThat(runtime.health().ready().toString()).contains("the API key is missing"));
            await().until(() -> endpoint.requests().size() > 3 * Aspect.values().length);

            endpoint.script((call, request) -> busyAtFirst(6, request));

            awaitRecords(topics.annotations(), 3);
            assertThat(runtime.health().ready().toString()).doesNotContain("the API key is missing");
            assertThat(read(topics.deadLetters())).isEmpty();
            annotator.stop().await(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void shouldNotEndAPromptWhoseRolloutsAreRefused() throws Exception {
        try (var endpoint = ScriptedEndpoint.answering(vertx, ScriptedEndpoint.saying("I'm sorry, I can't do that."))) {
            var annotator = AnnotatorStage.start(runtime(), blobs, config(endpoint));
            publisher
                    .publish(topics.groups(), "p", TestRecords.group("p", Purpose.ROLLOUT, pixels, otherPixels))
                    .await(30, TimeUnit.SECONDS);

            assertThat(awaitRecords(topics.deadLetters(), 1)).singleElement().satisfies(letter -> {
                assertThat(letter.getReason()).isEqualTo("refused");
                assertThat(letter.getPromptId()).isEqualTo("p");
                assertThat(letter.getEndsPrompt()).isFalse();
            });
            annotator.stop().await(60, TimeUnit.SECONDS);
        }
    }

    private void assertEnded(int count, String reason) throws Exception {
        var letters = awaitRecords(topics.deadLetters(), count);
        var last = letters.stream()
                .filter(letter -> letter.getReason().equals(reason))
                .toList();
        assertThat(last).isNotEmpty().allSatisfy(letter -> {
            assertThat(letter.getEndsPrompt()).isTrue();
            assertThat(letter.getPromptId()).startsWith("prompt");
            assertThat(letter.getStage()).isEqualTo("annotator");
        });
    }

    @Test
    void shouldAssembleOnceAcrossARestart() throws Exception {
        var state = directory.resolve("streams");
        var options = AnnotatorSettings.assembler(config(Map.of()), state);
        try (var assembler = new GroupAssembler(kafka, topics, options, new SimpleMeterRegistry(), new Health())) {
            assembler.start();
            publishImages("a", 0, 1, 2, 3);
            publishImages("b", 0, 1);
            awaitRecords(topics.groups(), 1);
        }
        try (var assembler = new GroupAssembler(kafka, topics, options, new SimpleMeterRegistry(), new Health())) {
            assembler.start();
            publishImages("a", 2);
            publishImages("b", 2, 3);
            awaitRecords(topics.groups(), 2);
        }
        var groups = read(topics.groups());
        assertThat(groups).extracting(ImageGroup::getPromptId).containsExactlyInAnyOrder("a", "b");
        assertThat(groups).allSatisfy(group -> assertThat(group.getImages()).hasSize(4));
    }

    private void publishImages(String promptId, int... indices) throws Exception {
        for (int index : indices) {
            publisher
                    .publish(topics.images(), promptId, TestRecords.image(promptId, index, 4, Purpose.JUDGE, pixels))
                    .await(30, TimeUnit.SECONDS);
        }
    }

    private void publishGroups(int from, int to) throws Exception {
        for (int number : IntStream.range(from, to).toArray()) {
            var group = TestRecords.group("prompt" + number, Purpose.JUDGE, pixels, otherPixels);
            publisher.publish(topics.groups(), group.getPromptId(), group).await(30, TimeUnit.SECONDS);
        }
    }

    private StageRuntime runtime() {
        return new StageRuntime(vertx, kafka, topics, publisher, new SimpleMeterRegistry(), new Health());
    }

    private static Config config(ScriptedEndpoint endpoint) {
        return config(Map.of(
                AnnotatorSettings.URL.key(), endpoint.url().toString(), AnnotatorSettings.MAX_BACKOFF.key(), "20ms"));
    }

    private static Config config(Map<String, String> overrides) {
        var all = new HashMap<>(overrides);
        all.put(AnnotatorSettings.MODEL.key(), "judge");
        return Config.with(AnnotatorSettings.ALL).overrides(all).build();
    }

    private <T extends SpecificRecord> List<T> awaitRecords(TopicSpec<T> topic, int count) throws Exception {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> read(topic).size() >= count);
        return read(topic);
    }

    private static <T extends SpecificRecord> List<T> read(TopicSpec<T> topic) throws Exception {
        var records = new CopyOnWriteArrayList<T>();
        try (var reader =
                TopicReader.start(kafka, topic, TopicStart.beginning(), delivery -> records.add(delivery.record()))) {
            reader.caughtUp().await(60, TimeUnit.SECONDS);
        }
        return records;
    }
}
