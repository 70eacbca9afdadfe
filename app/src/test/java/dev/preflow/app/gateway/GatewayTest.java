package dev.preflow.app.gateway;

import static dev.preflow.app.Samples.NOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.preflow.app.Samples;
import dev.preflow.app.status.EvalPoint;
import dev.preflow.schemas.Image;
import dev.preflow.schemas.Prompt;
import dev.preflow.schemas.Purpose;
import dev.preflow.schemas.Release;
import dev.preflow.schemas.ReleaseFile;
import dev.preflow.schemas.ReleaseKind;
import dev.preflow.stream.TopicReader;
import dev.preflow.stream.TopicStart;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GatewayTest {

    private static final String JSON = "application/json";
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    static Path directory;

    private static GatewayFixture fixture;

    @BeforeAll
    static void start() throws IOException {
        fixture = new GatewayFixture(directory);
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    private static HttpProbe http() {
        return fixture.http();
    }

    private static String state(String id) throws Exception {
        var answer = http().get("/v1/prompts/" + id);
        return answer.statusCode() == 200
                ? http().json(answer).get("state").textValue()
                : Integer.toString(answer.statusCode());
    }

    @Test
    void shouldPublishAPromptAndTellWhereItIs() throws Exception {
        var answer = http().post("/v1/prompts", JSON, "{\"text\": \"a red circle\"}");

        assertThat(answer.statusCode()).isEqualTo(202);
        var id = http().json(answer).get("id").textValue();
        assertThat(answer.headers().firstValue("Location")).hasValue("/v1/prompts/" + id);
        assertThat(state(id)).isEqualTo("queued");
        Queue<Prompt> published = new ConcurrentLinkedQueue<>();
        var runtime = fixture.node().context().runtime();
        try (var reader = TopicReader.start(
                runtime.kafka(),
                runtime.topics().prompts(),
                TopicStart.beginning(),
                delivery -> published.add(delivery.record()))) {
            reader.caughtUp().await();
        }
        assertThat(published).anySatisfy(prompt -> {
            assertThat(prompt.getId()).isEqualTo(id);
            assertThat(prompt.getText()).isEqualTo("a red circle");
            assertThat(prompt.getSource()).isEqualTo("http");
        });
    }

    @Test
    void shouldTakeAnArrayAndGiveEachItsOwnId() throws Exception {
        var answer =
                http().post("/v1/prompts", JSON, "[{\"text\": \"one\", \"id\": \"array-1\"}, {\"text\": \"two\"}]");

        assertThat(answer.statusCode()).isEqualTo(202);
        var accepted = http().json(answer);
        assertThat(accepted).hasSize(2);
        assertThat(accepted.get(0).get("id").textValue()).isEqualTo("array-1");
        assertThat(state("array-1")).isEqualTo("queued");
    }

    @Test
    void shouldTakeTheSamePromptAgainButNotAnotherOfItsId() throws Exception {
        var body = "{\"text\": \"same\", \"id\": \"same-1\"}";

        assertThat(http().post("/v1/prompts", JSON, body).statusCode()).isEqualTo(202);
        assertThat(http().post("/v1/prompts", JSON, body).statusCode()).isEqualTo(202);
        var other = http().post("/v1/prompts", JSON, body.replace("same\",", "other\","));
        assertThat(other.statusCode()).isEqualTo(409);
        assertThat(other.body()).contains("same-1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "\"text\"",
                "[]",
                "{}",
                "{\"text\": 7}",
                "{\"text\": \" \"}",
                "{\"text\": \"a\", \"colour\": \"red\"}",
                "{\"text\": \"a\", \"id\": \"../../etc\"}",
                "{\"text\": \"a\", \"id\": 7}",
                "[{\"text\": \"a\", \"id\": \"x\"}, {\"text\": \"b\", \"id\": \"x\"}]",
                "{\"text\": \"a\"} {\"text\": \"b\"}"
            })
    void shouldRefuseWhatIsNoPromptWithAReason(String body) throws Exception {
        var answer = http().post("/v1/prompts", JSON, body);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(http().json(answer).get("detail").textValue()).hasSizeGreaterThan(10);
    }

    @Test
    void shouldRefuseOtherTypesAndLongBodies() throws Exception {
        assertThat(http().post("/v1/prompts", "text/plain", "{\"text\": \"a\"}").statusCode())
                .isEqualTo(415);
        assertThat(http().post("/v1/prompts", JSON, "\"" + "x".repeat(70_000) + "\"")
                        .statusCode())
                .isEqualTo(413);
    }

    @Test
    void shouldShowImagesRatingsAndScoresOfAPrompt() throws Exception {
        var topics = fixture.node().context().runtime().topics();
        var images = fixture.images("shown", 4, "policy", Purpose.JUDGE);
        fixture.publish(topics.prompts(), "shown", Samples.prompt("shown", NOON));
        for (var image : images) {
            fixture.publish(topics.images(), "shown", image);
        }
        await().atMost(SOON).until(() -> state("shown").equals("drawing"));
        fixture.publish(topics.groups(), "shown", Samples.group("shown", images));
        await().atMost(SOON).until(() -> state("shown").equals("judging"));
        fixture.publish(topics.annotations(), "shown", Samples.annotation("shown", images, NOON.plusSeconds(5)));
        fixture.score(images.get(2), 1.25f);
        await().atMost(SOON).until(() -> state("shown").equals("judged"));
        await().atMost(SOON).until(() -> !http().json(http().get("/v1/prompts/shown"))
                .at("/images/2/scores")
                .isEmpty());

        var view = http().json(http().get("/v1/prompts/shown"));

        assertThat(view.get("images")).hasSize(4);
        var third = view.at("/images/2");
        assertThat(third.at("/ratings/0/score").intValue()).isEqualTo(3);
        assertThat(third.at("/ratings/0/rationale").textValue()).contains("a circle");
        assertThat(third.at("/scores/0/value").doubleValue()).isEqualTo(1.25);
        assertThat(view.at("/images/0/scores")).isEmpty();
        assertThat(http().json(http().get("/v1/prompts?state=judged")).findValuesAsText("id"))
                .contains("shown");
    }

    @Test
    void shouldTellWhyAPromptWasGivenUp() throws Exception {
        var topics = fixture.node().context().runtime().topics();
        fixture.publish(topics.prompts(), "refused", Samples.prompt("refused", NOON));
        fixture.publish(topics.deadLetters(), "refused", Samples.deadLetter("refused", "nothing-to-check", true, NOON));
        await().atMost(SOON).until(() -> state("refused").equals("dead-lettered"));

        var view = http().json(http().get("/v1/prompts/refused"));

        assertThat(view.get("reason").textValue()).isEqualTo("nothing-to-check");
        assertThat(view.get("detail").textValue()).isEqualTo("The judge cannot check this");
    }

    @Test
    void shouldServeImagesByDigestForGood() throws Exception {
        var digest = fixture.picture(0xAA2200).getSha256();

        var answer = http().bytes("/v1/images/" + digest);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("image/png");
        assertThat(answer.headers().firstValue("Cache-Control").orElseThrow()).contains("immutable");
        assertThat(answer.body()).startsWith(0x89, 'P', 'N', 'G');
        assertThat(http().get("/v1/images/" + digest, "If-None-Match", '"' + digest + '"')
                        .statusCode())
                .isEqualTo(304);
    }

    @Test
    void shouldNotServeBlobsThatAreNoImages() throws Exception {
        var weights = fixture.node().context().blobs().put(new byte[] {1, 2, 3}, "application/octet-stream");

        assertThat(http().get("/v1/images/" + weights.getSha256()).statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/images/0000000000000000000000000000000000000000000000000000000000000000, 404",
        "/v1/images/ABCDEF, 400",
        "/v1/images/..%2f..%2fetc%2fpasswd, 400",
        "/v1/prompts/unknown, 404",
        "/v1/prompts?limit=0, 400",
        "/v1/prompts?state=lost, 400",
        "/v1/scores?min_score=much, 400",
        "/v1/scores?purpose=fun, 400",
        "/v1/nothing, 404",
        "/..%2f..%2flog4j2.xml, 404",
        "/../log4j2.xml, 404",
        "/openapi.yaml, 404"
    })
    void shouldAnswerBadPathsClearly(String path, int status) throws Exception {
        var answer = http().get(path);

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(http().json(answer).get("status").intValue()).isEqualTo(status);
    }

    @Test
    void shouldStreamWhatPassesTheFilter() throws Exception {
        var images = new ArrayList<Image>(fixture.images("filtered", 3, "filtered-base", Purpose.JUDGE));
        images.addAll(fixture.images("filtered", 1, "filtered-base-2", Purpose.JUDGE));
        images.addAll(fixture.images("filtered-rollout", 1, "filtered-base", Purpose.ROLLOUT));

        try (var stream = http().events("/v1/scores?generator=filtered-base&min_score=0.5&purpose=judge")) {
            stream.next("id");
            fixture.score(images.get(0), 0.4f);
            fixture.score(images.get(1), 0.6f);
            fixture.score(images.get(3), 9);
            fixture.score(images.get(4), 9);
            fixture.score(images.get(2), 0.7f);

            assertThat(value(stream.next("score"))).isEqualTo(0.6f);
            assertThat(value(stream.next("score"))).isEqualTo(0.7f);
        }
    }

    @Test
    void shouldGoOnAfterTheLastEventFromMemoryAndFromTheTopic() throws Exception {
        var images = fixture.images("resumed", 4, "resumed", Purpose.JUDGE);
        String last;
        try (var stream = http().events("/v1/scores?generator=resumed")) {
            stream.next("id");
            fixture.score(images.get(0), 0);
            last = stream.next("score").id();
        }
        fixture.score(images.get(1), 1);
        fixture.score(images.get(2), 2);
        try (var stream = http().events("/v1/scores?generator=resumed", "Last-Event-ID", last)) {
            assertThat(value(stream.next("score"))).isEqualTo(1);
            assertThat(value(stream.next("score"))).isEqualTo(2);
        }

        // more than the gateway holds in memory lies between, in both partitions
        for (int i = 0; i < 30; i++) {
            fixture.score(
                    fixture.images("between-" + i, 1, "between", Purpose.JUDGE).get(0), i);
        }
        fixture.score(images.get(3), 3);
        await().atMost(SOON).until(() -> counts("scores") >= 34);
        try (var stream = http().events("/v1/scores?generator=resumed", "Last-Event-ID", last)) {
            assertThat(value(stream.next("score"))).isEqualTo(1);
            assertThat(value(stream.next("score"))).isEqualTo(2);
            assertThat(value(stream.next("score"))).isEqualTo(3);
        }
    }

    @Test
    void shouldKnowEverythingAfterARestart() throws Exception {
        var topics = fixture.node().context().runtime().topics();
        var images = fixture.images("restarted", 2, "restarted", Purpose.JUDGE);
        fixture.publish(topics.prompts(), "restarted", Samples.prompt("restarted", NOON));
        fixture.publish(topics.annotations(), "restarted", Samples.annotation("restarted", images, NOON));
        String last;
        try (var stream = http().events("/v1/scores?generator=restarted")) {
            stream.next("id");
            fixture.score(images.get(0), 1);
            last = stream.next("score").id();
        }
        fixture.score(images.get(1), 2);

        fixture.restart();

        await().atMost(SOON).until(() -> http().get("/health/ready").statusCode() == 200);
        assertThat(state("restarted")).isEqualTo("judged");
        try (var stream = http().events("/v1/scores?generator=restarted", "Last-Event-ID", last)) {
            assertThat(value(stream.next("score"))).isEqualTo(2);
        }
    }

    @Test
    void shouldStartWithTheNewestWhenAskedAndTellOfRatings() throws Exception {
        var topics = fixture.node().context().runtime().topics();
        var images = fixture.images("recent", 2, "recent", Purpose.JUDGE);
        fixture.score(images.get(0), 1);
        fixture.score(images.get(1), 2);
        await().atMost(SOON)
                .until(() -> fixture.http().get("/v1/prompts/recent").body().contains("\"value\":2.0"));

        try (var stream = http().events("/v1/scores?generator=recent&recent=1")) {
            assertThat(value(stream.next("score"))).isEqualTo(2);
            stream.next("id");
            fixture.publish(topics.annotations(), "recent", Samples.annotation("recent", images, NOON));
            var judged = http().json(stream.next("judged").data());
            assertThat(judged.get("promptId").textValue()).isEqualTo("recent");
            assertThat(judged.get("ratings").get(images.get(1).getId())).hasSize(4);
        }
    }

    @Test
    void shouldStartAnewWithAnEventIdOfATopicThatIsGone() throws Exception {
        await().atMost(SOON).until(() -> http().get("/health/ready").statusCode() == 200);
        var images = fixture.images("renewed", 1, "renewed", Purpose.JUDGE);
        try (var stream = http().events("/v1/scores?generator=renewed", "Last-Event-ID", "0:999999,1:999999")) {
            stream.next("id");
            fixture.score(images.get(0), 3);

            assertThat(value(stream.next("score"))).isEqualTo(3);
        }
    }

    @Test
    void shouldRefuseAnEventIdThatIsNone() throws Exception {
        assertThat(http().get("/v1/scores", "Last-Event-ID", "yesterday").statusCode())
                .isEqualTo(400);
    }

    @Test
    void shouldShowReleasesAndCurves() throws Exception {
        var context = fixture.node().context();
        var files = List.<ReleaseFile>of();
        var metrics = Map.of("heldOutAccuracy", 0.87);
        fixture.publish(
                context.runtime().topics().releases(),
                "REWARD",
                new Release("reward-1", ReleaseKind.REWARD, 1, null, files, metrics, NOON));
        context.evaluations().add(new EvalPoint(NOON, 1, 0.5, 0.25, 0.4, 0.1, null));

        await().atMost(SOON)
                .until(() -> http().json(http().get("/v1/status"))
                                .at("/reward/0/metrics/heldOutAccuracy")
                                .doubleValue()
                        == 0.87);
        assertThat(http().json(http().get("/v1/status")).at("/curve"))
                .hasToString(
                        "[{\"at\":\"%s\",\"policyRelease\":1,\"proxy\":0.5,\"gold\":0.25,\"one\":0.4,\"two\":0.1,\"three\":null}]"
                                .formatted(NOON));
    }

    @Test
    void shouldTellHealthAndMetrics() throws Exception {
        http().get("/v1/prompts/unknown");

        assertThat(http().get("/health/live").statusCode()).isEqualTo(200);
        await().atMost(SOON).until(() -> http().get("/health/ready").statusCode() == 200);
        assertThat(http().get("/metrics").body())
                .contains("preflow_gateway_requests_seconds_count")
                .contains("route=\"/v1/prompts/:id\"")
                .contains("jvm_memory_used_bytes");
    }

    @Test
    void shouldServeThePageWithStrictHeaders() throws Exception {
        var page = http().get("/");

        assertThat(page.body()).contains("<title>Preflow</title>");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'")
                .doesNotContain("unsafe");
        assertThat(page.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
        assertThat(http().get("/js/main.js")
                        .headers()
                        .firstValue("Content-Type")
                        .orElseThrow())
                .contains("javascript");
    }

    @Test
    void shouldNotAnswerToForeignNames() throws Exception {
        var page = URI.create(fixture.url());
        try (var socket = new Socket(page.getHost(), page.getPort())) {
            socket.getOutputStream()
                    .write("GET /v1/status HTTP/1.1\r\nHost: rebound.example\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(answer).startsWith("HTTP/1.1 421").doesNotContain("counts");
        }
    }

    private static long counts(String topic) throws Exception {
        return http().json(http().get("/v1/status")).at("/counts/" + topic).longValue();
    }

    private static float value(EventStream.Event event) throws IOException {
        return http().json(event.data()).get("value").floatValue();
    }
}
