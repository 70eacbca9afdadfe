package dev.preflow.annotators.judgement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.preflow.annotators.ScriptedEndpoint;
import dev.preflow.annotators.TestRecords;
import dev.preflow.annotators.judge.JudgeClient;
import dev.preflow.annotators.judge.JudgeLimits;
import dev.preflow.annotators.judge.JudgeOptions;
import dev.preflow.annotators.judge.ResponseFormat;
import dev.preflow.schemas.Annotation;
import dev.preflow.schemas.Aspect;
import dev.preflow.schemas.BlobRef;
import dev.preflow.schemas.Ids;
import dev.preflow.schemas.Image;
import dev.preflow.schemas.ImageGroup;
import dev.preflow.schemas.JudgeCall;
import dev.preflow.schemas.Purpose;
import dev.preflow.schemas.Rating;
import dev.preflow.stream.NonRetriableException;
import dev.preflow.stream.OutageException;
import dev.preflow.stream.RetriableException;
import dev.preflow.stream.blob.BlobStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One group, judged over real HTTP by an endpoint that answers as models do. */
final class GroupJudgeTest {

    private static final String GOOD = "{\"images\": [{\"image\": 1, \"rating\": 4}, {\"image\": 2, \"rating\": 5}]}";

    private static Vertx vertx;

    @TempDir
    private Path directory;

    private BlobStore blobs;
    private ScriptedEndpoint endpoint;
    private JudgeClient client;

    @BeforeAll
    static void startVertx() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stopVertx() {
        vertx.close().await();
    }

    @BeforeEach
    void open() throws IOException {
        blobs = new BlobStore(directory);
        endpoint = ScriptedEndpoint.answering(vertx, ScriptedEndpoint.saying(GOOD));
        client = new JudgeClient(
                vertx,
                new JudgeOptions(
                        endpoint.url(),
                        null,
                        "judge",
                        0.0,
                        256,
                        "max_tokens",
                        null,
                        ResponseFormat.JSON_SCHEMA,
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(5),
                        1 << 20,
                        new JudgeLimits(4, 0, 0)),
                new SimpleMeterRegistry());
    }

    @AfterEach
    void close() {
        client.close();
        endpoint.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Here you are:\n" + GOOD + "\nAnything else?",
                "```json\n" + GOOD + "\n```",
                "<think>Rating: 1? No.</think>" + GOOD,
                "{\"images\": [{\"image\": 1, \"rating\": 4,}, {\"image\": 2, \"rating\": 5,},],}",
                "{\"images\": [{\"image\": 1, \"rating\": \"4/5\"}, {\"image\": 2, \"rating\": \"5/5\"}]}",
                "{\"images\": [{\"image\": 2, \"rating\": 5}, {\"image\": 1, \"rating\": 4}]}"
            })
    void shouldUnderstandWhatModelsMakeOfTheForm(String reply) throws Exception {
        endpoint.script((call, request) -> ScriptedEndpoint.saying(reply).handle(request));

        var annotation = judge(judge(AnnotationMode.PER_ASPECT, false), group());

        assertThat(scores(annotation)).containsExactly("4444", "5555");
        assertThat(annotation.getCalls()).hasSize(4).allSatisfy(call -> {
            assertThat(call.getReply()).isEqualTo(reply);
            assertThat(call.getFailure()).isNull();
            assertThat(call.getPromptTokens()).isEqualTo(900);
        });
        assertThat(annotation.getCalls()).extracting(JudgeCall::getAspect).containsExactly(Aspect.values());
        assertThat(annotation.getModel()).isEqualTo("judge-2026");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "6", "4.5", "null", "NaN", "\"\"", "\"good\""})
    void shouldLeaveOutWhatIsNoRating(String rating) throws Exception {
        var reply = "{\"images\": [{\"image\": 1, \"rating\": " + rating + "}, {\"image\": 2, \"rating\": 5}]}";
        endpoint.script((call, request) -> ScriptedEndpoint.saying(reply).handle(request));

        var annotation = judge(judge(AnnotationMode.PER_ASPECT, false), group());

        assertThat(scores(annotation)).containsExactly("", "5555");
        // asked twice for each aspect
        assertThat(annotation.getCalls()).hasSize(8).allSatisfy(call -> assertThat(call.getFailure())
                .contains("image 1 in"));
        assertThat(annotation.getTies()).isZero();
    }

    @Test
    void shouldLeaveOutAnAspectThatIsMissing() throws Exception {
        var reply =
                "{\"images\": [{\"image\": 1, \"prompt_following\": {\"rating\": 4}, \"aesthetic\": {\"rating\": 3},"
                        + " \"fidelity\": {\"rating\": 2}, \"harmlessness\": {\"rating\": 5}},"
                        + " {\"image\": 2, \"prompt_following\": {\"rating\": 1}, \"harmlessness\": {\"rating\": 5}}]}";
        endpoint.script((call, request) -> ScriptedEndpoint.saying(reply).handle(request));

        var annotation = judge(judge(AnnotationMode.JOINT, false), group());

        assertThat(scores(annotation)).containsExactly("4325", "15");
        assertThat(annotation.getCalls())
                .hasSize(2)
                .extracting(JudgeCall::getAspect)
                .containsOnlyNulls();
    }

    @Test
    void shouldSayWhatWasWrongAndAskOnceMore() throws Exception {
        endpoint.script((call, request) -> ScriptedEndpoint.saying(call == 0 ? "They are both nice." : joint(3, 4))
                .handle(request));

        var annotation = judge(judge(AnnotationMode.JOINT, false), group());

        assertThat(scores(annotation)).containsExactly("3333", "4444");
        assertThat(annotation.getCalls())
                .extracting(JudgeCall::getReply)
                .first()
                .isEqualTo("They are both nice.");
        assertThat(annotation.getCalls())
                .extracting(JudgeCall::getFailure)
                .containsExactly("the reply holds no ratings", null);
        assertThat(annotation.getCalls()).extracting(JudgeCall::getAttempts).containsExactly(1, 2);
        var second = endpoint.requests().get(1).getJsonArray("messages");
        assertThat(second).hasSize(3);
        assertThat(second.getJsonObject(2).encode()).contains("the reply holds no ratings");
    }

    @Test
    void shouldAskOnceMoreWhenAReplyIsCutOff() throws Exception {
        var cut = new JsonObject().put("role", "assistant").put("content", joint(3, 4));
        endpoint.script(
                (call, request) -> ScriptedEndpoint.completion(cut, "length").handle(request));

        assertThat(failure(judge(AnnotationMode.JOINT, false), group(), false))
                .asInstanceOf(InstanceOfAssertFactories.type(NonRetriableException.class))
                .satisfies(failure -> assertThat(failure.reason()).isEqualTo("unrated"))
                .satisfies(failure -> assertThat(failure).hasMessageContaining("cut off"));
        assertThat(endpoint.requests()).hasSize(2);
    }

    @Test
    void shouldUnderstandShuffledImages() throws Exception {
        endpoint.script(byPixels());
        for (int i = 0; i < 5; i++) {
            var group = group("prompt-" + i, 4);
            var annotation = judge(judge(AnnotationMode.PER_ASPECT, true), group);
            assertThat(scores(annotation)).containsExactly("1111", "2222", "3333", "4444");
        }
    }

    @Test
    void shouldShowEveryImageInEveryPlace() {
        var placesOfTheFirst = IntStream.range(0, 60)
                .mapToObj(number -> group("prompt-" + number, 4))
                .map(group -> Presentation.order(group.getId(), group.getImages(), true)
                        .indexOf(group.getImages().get(0)))
                .collect(Collectors.toSet());
        assertThat(placesOfTheFirst).containsExactlyInAnyOrder(0, 1, 2, 3);
    }

    @Test
    void shouldGiveUpWhatTheJudgeRefuses() throws Exception {
        var refusal = new JsonObject().put("role", "assistant").put("refusal", "There is nothing to check.");
        endpoint.script(
                (call, request) -> ScriptedEndpoint.completion(refusal, "stop").handle(request));

        assertRefused("There is nothing to check.");
        assertThat(endpoint.requests()).hasSize(4);
    }

    @Test
    void shouldNotAskAgainWhenTheRefusalComesInPlainWords() throws Exception {
        endpoint.script((call, request) ->
                ScriptedEndpoint.saying("I'm sorry, but I can't help.").handle(request));
        assertRefused("I'm sorry");
        assertThat(endpoint.requests()).hasSize(4);
    }

    private void assertRefused(String words) {
        assertThat(failure(judge(AnnotationMode.PER_ASPECT, true), group(), false))
                .asInstanceOf(InstanceOfAssertFactories.type(NonRetriableException.class))
                .satisfies(failure -> assertThat(failure.reason()).isEqualTo("refused"))
                .satisfies(failure -> assertThat(failure).hasMessageContaining(words));
    }

    @Test
    void shouldKeepWhatWasRatedWhenOneAspectIsRefused() throws Exception {
        var filtered = new JsonObject().put("role", "assistant").put("content", "");
        endpoint.script((call, request) -> (call == 0
                        ? ScriptedEndpoint.completion(filtered, "content_filter")
                        : ScriptedEndpoint.saying(GOOD))
                .handle(request));
        var annotation = judge(judge(AnnotationMode.PER_ASPECT, false), group());
        assertThat(scores(annotation)).containsExactly("444", "555");
        assertThat(annotation.getCalls()).extracting(JudgeCall::getFailure).containsOnlyOnce("refused");
    }

    @Test
    void shouldGiveNothingUpWithoutTheRightKey() {
        endpoint.script((call, request) -> ScriptedEndpoint.failing(401, "{}").handle(request));
        assertThat(failure(judge(AnnotationMode.PER_ASPECT, true), group(), true))
                .isInstanceOf(OutageException.class)
                .hasMessageContaining("the API key is missing");
    }

    @Test
    void shouldRepeatOnlyTheCallsThatWerePutOff() throws Exception {
        endpoint.script((call, request) -> {
            if (call == 2) {
                request.response()
                        .setStatusCode(429)
                        .putHeader("Retry-After", "0")
                        .end("{}");
            } else {
                ScriptedEndpoint.saying(GOOD).handle(request);
            }
        });
        var judge = judge(AnnotationMode.PER_ASPECT, false);

        var failure = failure(judge, group(), false);
        assertThat(failure).isInstanceOf(RetriableException.class);
        assertThat(((RetriableException) failure).retryAfter()).contains(Duration.ZERO);
        assertThat(endpoint.requests()).hasSize(4);

        assertThat(scores(judge(judge, group()))).containsExactly("4444", "5555");
        assertThat(endpoint.requests()).hasSize(5);
    }

    @Test
    void shouldTakeWhatThereIsWhenNobodyWillTryAgain() throws Exception {
        endpoint.script((call, request) ->
                (call == 0 ? ScriptedEndpoint.failing(503, "down") : ScriptedEndpoint.saying(GOOD)).handle(request));
        var annotation =
                judge(AnnotationMode.PER_ASPECT, false).judge(group(), true).await(30, TimeUnit.SECONDS);
        assertThat(scores(annotation)).containsExactly("444", "555");
        assertThat(annotation.getCalls()).extracting(JudgeCall::getFailure).anySatisfy(failure -> assertThat(failure)
                .contains("503"));

        endpoint.script((call, request) -> ScriptedEndpoint.failing(503, "down").handle(request));
        assertThat(failure(judge(AnnotationMode.PER_ASPECT, false), group(), true))
                .isInstanceOf(RetriableException.class);
    }

    @Test
    void shouldGiveUpWithoutPixels() {
        var pixels = new BlobRef("00".repeat(32), 3L, "image/png");
        var gone = TestRecords.group("p", Purpose.JUDGE, pixels, pixels);
        assertThat(failure(judge(AnnotationMode.PER_ASPECT, true), gone, false))
                .asInstanceOf(InstanceOfAssertFactories.type(NonRetriableException.class))
                .satisfies(failure -> assertThat(failure.reason()).isEqualTo("no-pixels"));
        assertThat(endpoint.requests()).isEmpty();
    }

    @Test
    void shouldRefuseSettingsThatCannotWork() {
        assertThatThrownBy(() -> new JudgingOptions(" ", AnnotationMode.JOINT, ResponseFormat.NONE, true, 2))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new JudgingOptions("a", AnnotationMode.JOINT, ResponseFormat.NONE, true, 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static String joint(int first, int second) {
        var form =
                "{\"image\": %d, \"prompt_following\": %d, \"aesthetic\": %d, \"fidelity\": %d, \"harmlessness\": %d}";
        return "{\"images\": [" + form.formatted(1, first, first, first, first) + ", "
                + form.formatted(2, second, second, second, second) + "]}";
    }

    /** Rates each image by what its pixels say, wherever it stands. */
    private BiConsumer<Integer, HttpServerRequest> byPixels() {
        return (call, request) -> {
            var content = endpoint.requests()
                    .get(call)
                    .getJsonArray("messages")
                    .getJsonObject(0)
                    .getJsonArray("content");
            List<String> entries = new ArrayList<>();
            for (int i = 0; i < content.size(); i++) {
                var part = content.getJsonObject(i);
                if (part.getString("type").equals("image_url")) {
                    var uri = part.getJsonObject("image_url").getString("url");
                    var pixels = new String(
                            Base64.getDecoder().decode(uri.substring(uri.indexOf(',') + 1)), StandardCharsets.UTF_8);
                    entries.add("{\"image\": %d, \"rating\": %d}"
                            .formatted(entries.size() + 1, Integer.parseInt(pixels) + 1));
                }
            }
            ScriptedEndpoint.saying("{\"images\": [" + String.join(", ", entries) + "]}")
                    .handle(request);
        };
    }

    private GroupJudge judge(AnnotationMode mode, boolean shuffled) {
        return new GroupJudge(
                vertx, blobs, client, new JudgingOptions("judge", mode, ResponseFormat.JSON_SCHEMA, shuffled, 2));
    }

    private static Annotation judge(GroupJudge judge, ImageGroup group) throws Exception {
        return judge.judge(group, false).await(30, TimeUnit.SECONDS);
    }

    private static Throwable failure(GroupJudge judge, ImageGroup group, boolean lastAttempt) {
        var future = judge.judge(group, lastAttempt);
        await().atMost(Duration.ofSeconds(30)).until(future::isComplete);
        assertThat(future.failed()).isTrue();
        return future.cause();
    }

    private ImageGroup group() {
        return group("p", 2);
    }

    /** Each image's pixels are its index in digits. */
    private ImageGroup group(String promptId, int size) {
        var images = new ArrayList<Image>();
        try {
            for (int i = 0; i < size; i++) {
                var pixels = blobs.put(Integer.toString(i).getBytes(StandardCharsets.UTF_8), "image/png");
                images.add(TestRecords.image(promptId, i, size, Purpose.JUDGE, pixels));
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return new ImageGroup(Ids.groupId(promptId), promptId, "a red cube", images, size, Instant.EPOCH);
    }

    /** For each image the scores in the order of the aspects. */
    private static List<String> scores(Annotation annotation) {
        return annotation.getImages().stream()
                .map(image -> annotation.getRatings().stream()
                        .filter(rating -> rating.getImageId().equals(image.getId()))
                        .sorted(Comparator.comparing(Rating::getAspect))
                        .map(rating -> Integer.toString(rating.getScore()))
                        .collect(Collectors.joining()))
                .toList();
    }
}
