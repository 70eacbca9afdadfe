package dev.preflow.annotators.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.preflow.annotators.ScriptedEndpoint;
import dev.preflow.stream.config.Secret;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The client against everything that an endpoint can do to it, over real HTTP. */
final class JudgeClientTest {

    private static final String KEY = "sk-very-secret-0123456789";
    private static final ChatRequest QUESTION = new ChatRequest(
            List.of(new ChatMessage(
                    ChatMessage.Role.USER,
                    List.of(new ContentPart.Text("rate this"), ContentPart.Picture.of("image/png", new byte[] {1, 2, 3
                    })))),
            new JsonObject().put("type", "object"));

    private static Vertx vertx;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeAll
    static void startVertx() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stopVertx() {
        vertx.close().await();
    }

    @AfterEach
    void close() throws Exception {
        for (var resource : open) {
            resource.close();
        }
    }

    @Test
    void shouldSendWordsAndPicturesInOrder() {
        var endpoint = endpoint(ScriptedEndpoint.saying("fine"));

        var reply = ask(client(endpoint.url()), QUESTION);

        assertThat(reply.text()).isEqualTo("fine");
        assertThat(reply.model()).isEqualTo("judge-2026");
        assertThat(reply.outcome()).isEqualTo(JudgeReply.Outcome.COMPLETE);
        assertThat(reply.promptTokens()).isEqualTo(900);
        assertThat(reply.completionTokens()).isEqualTo(60);
        assertThat(endpoint.authorizations()).containsExactly("Bearer " + KEY);
        var body = endpoint.requests().get(0);
        assertThat(body.getString("model")).isEqualTo("judge");
        assertThat(body.getDouble("temperature")).isZero();
        assertThat(body.getInteger("max_tokens")).isEqualTo(256);
        assertThat(body.getLong("seed")).isEqualTo(42);
        assertThat(body.getJsonObject("response_format").getString("type")).isEqualTo("json_schema");
        var content = body.getJsonArray("messages").getJsonObject(0).getJsonArray("content");
        assertThat(content.getJsonObject(0).getString("text")).isEqualTo("rate this");
        assertThat(content.getJsonObject(1).getJsonObject("image_url").getString("url"))
                .isEqualTo("data:image/png;base64,AQID");
    }

    @Test
    void shouldSendFollowUpsAsPlainTurns() {
        var endpoint = endpoint(ScriptedEndpoint.saying("fine"));
        ask(client(endpoint.url()), QUESTION.followedBy("4?", "Once more."));

        var messages = endpoint.requests().get(0).getJsonArray("messages");
        assertThat(messages).hasSize(3);
        assertThat(messages.getJsonObject(1).getString("role")).isEqualTo("assistant");
        assertThat(messages.getJsonObject(1).getString("content")).isEqualTo("4?");
        assertThat(messages.getJsonObject(2).getString("role")).isEqualTo("user");
    }

    @Test
    void shouldLeaveOutWhatTheServerDoesNotKnow() {
        var endpoint = endpoint(ScriptedEndpoint.saying("fine"));
        var plain = new JudgeOptions(
                endpoint.url(),
                null,
                "judge",
                null,
                256,
                "max_completion_tokens",
                null,
                ResponseFormat.NONE,
                Duration.ofSeconds(2),
                Duration.ofSeconds(5),
                1 << 20,
                new JudgeLimits(1, 0, 0));
        ask(client(plain), QUESTION);

        assertThat(endpoint.requests().get(0).fieldNames())
                .containsExactlyInAnyOrder("model", "messages", "max_completion_tokens");
        assertThat(endpoint.authorizations()).containsExactly("null");
    }

    @Test
    void shouldNeverSendAnAddressToFetch() {
        assertThatThrownBy(() -> new ContentPart.Picture("http://169.254.169.254/latest/meta-data"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("data:");
    }

    @ParameterizedTest
    @CsvSource({
        "400, judge-rejected, FATAL",
        "401, judge-unauthorized, OUTAGE",
        "402, judge-quota, OUTAGE",
        "403, judge-unauthorized, OUTAGE",
        "404, judge-not-found, OUTAGE",
        "413, judge-rejected, FATAL",
        "422, judge-rejected, FATAL",
        "302, judge-rejected, FATAL"
    })
    void shouldTellWhatIsWrongWithARequestFromWhatIsWrongWithAll(int status, String reason, JudgeException.Kind kind) {
        var endpoint = endpoint(request -> request.response()
                .setStatusCode(status)
                .putHeader("Location", "http://127.0.0.1:1/elsewhere")
                .end("{\"error\": {\"message\": \"Incorrect API key provided: " + KEY + "\"}}"));

        var failure = failure(client(endpoint.url()));

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.reason()).isEqualTo(reason);
        assertThat(failure).hasMessageContaining(Integer.toString(status)).hasMessageContaining("[hidden]");
        assertThat(failure.toString()).doesNotContain(KEY);
        assertThat(endpoint.requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 409, 429, 500, 502, 503, 529})
    void shouldLetTryAgainWhatMayPass(int status) {
        var failure = failure(
                client(endpoint(ScriptedEndpoint.failing(status, "overloaded")).url()));
        assertThat(failure.kind()).isEqualTo(JudgeException.Kind.PASSING);
        assertThat(failure.retryAfter()).isEmpty();
        assertThat(failure).hasMessageContaining("overloaded");
    }

    @Test
    void shouldTakeAnEmptyAccountForAnOutage() {
        var endpoint = endpoint(ScriptedEndpoint.failing(
                429, "{\"error\": {\"code\": \"insufficient_quota\", \"message\": \"You exceeded your quota.\"}}"));
        var failure = failure(client(endpoint.url()));
        assertThat(failure.kind()).isEqualTo(JudgeException.Kind.OUTAGE);
        assertThat(failure.reason()).isEqualTo("judge-quota");
    }

    @Test
    void shouldHonourRetryAfterInSecondsAndAsDate() {
        var seconds = failure(client(endpoint(busy("7")).url()));
        assertThat(seconds.retryAfter()).contains(Duration.ofSeconds(7));

        var date = DateTimeFormatter.RFC_1123_DATE_TIME.format(
                ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(30));
        var later = failure(client(endpoint(busy(date)).url()));
        assertThat(later.retryAfter().orElseThrow()).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(31));

        assertThat(failure(client(endpoint(busy("soon")).url())).retryAfter()).isEmpty();
        assertThat(failure(client(endpoint(busy("999999")).url())).retryAfter()).contains(Duration.ofMinutes(10));
    }

    @Test
    void shouldHoldBackEveryCallWhileTheEndpointWantsPeace() {
        var endpoint = new ScriptedEndpoint(
                vertx, (call, request) -> (call == 0 ? busy("1") : ScriptedEndpoint.saying("fine")).handle(request));
        open.add(endpoint);
        var client = client(endpoint.url());

        failure(client);
        long start = System.nanoTime();
        ask(client, QUESTION);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(700));
    }

    @Test
    void shouldTellRefusalsFromReplies() {
        var refusal = new JsonObject().put("role", "assistant").put("refusal", "I can't help with that.");
        var refused = ask(
                client(endpoint(ScriptedEndpoint.completion(refusal.putNull("content"), "stop"))
                        .url()),
                QUESTION);
        assertThat(refused.outcome()).isEqualTo(JudgeReply.Outcome.REFUSED);
        assertThat(refused.text()).isEqualTo("I can't help with that.");

        var filtered = new JsonObject().put("role", "assistant").putNull("content");
        assertThat(ask(
                                client(endpoint(ScriptedEndpoint.completion(filtered, "content_filter"))
                                        .url()),
                                QUESTION)
                        .outcome())
                .isEqualTo(JudgeReply.Outcome.REFUSED);

        var before = ScriptedEndpoint.failing(400, "{\"error\": {\"code\": \"content_filter\", \"message\": \"no\"}}");
        assertThat(ask(client(endpoint(before).url()), QUESTION).outcome()).isEqualTo(JudgeReply.Outcome.REFUSED);
    }

    @Test
    void shouldSeeThatAReplyWasCutOff() {
        var message = new JsonObject().put("role", "assistant").put("content", "{\"images\": [");
        var reply = ask(
                client(endpoint(ScriptedEndpoint.completion(message, "length")).url()), QUESTION);
        assertThat(reply.outcome()).isEqualTo(JudgeReply.Outcome.TRUNCATED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<html><body>It works!</body></html>",
                "{\"choices\": []}",
                "{\"choices\": [{\"finish_reason\": \"stop\"}]}",
                "{\"choices\": \"none\"}",
                "{\"error\": {\"message\": \"model is loading\"}}",
                "[1, 2]",
                "{\"choices\": [{\"message\": {\"con"
            })
    void shouldNotTakeAnyOkForACompletion(String body) {
        var failure =
                failure(client(endpoint(request -> request.response().end(body)).url()));
        assertThat(failure.kind()).isEqualTo(JudgeException.Kind.PASSING);
        assertThat(failure.reason()).isEqualTo("judge-malformed");
    }

    @Test
    void shouldNotReadOnWhatIsTooLarge() {
        var endpoint = endpoint(request -> request.response().end(Buffer.buffer(new byte[10 << 20])));
        var failure = failure(client(endpoint.url()));
        assertThat(failure.reason()).isEqualTo("judge-malformed");
        assertThat(failure).hasMessageContaining("larger than");
    }

    @Test
    void shouldEndCallsThatDrip() {
        var endpoint = endpoint(request -> {
            var response = request.response().setChunked(true);
            long timer = vertx.setPeriodic(20, id -> response.write(" "));
            response.closeHandler(closed -> vertx.cancelTimer(timer));
        });
        var failure = failure(client(options(endpoint.url(), Duration.ofMillis(400), new JudgeLimits(1, 0, 0))));
        assertThat(failure.kind()).isEqualTo(JudgeException.Kind.PASSING);
        assertThat(failure.reason()).isEqualTo("judge-timeout");
    }

    @Test
    void shouldEndCallsThatAreNotAnswered() {
        var endpoint = endpoint(request -> {});
        var client = client(options(endpoint.url(), Duration.ofMillis(200), new JudgeLimits(1, 0, 0)));
        assertThat(failure(client).reason()).isEqualTo("judge-timeout");
        // the connection of the first call must not block the second
        endpoint.script((call, request) -> ScriptedEndpoint.saying("fine").handle(request));
        assertThat(ask(client, QUESTION).text()).isEqualTo("fine");
    }

    @Test
    void shouldNoticeAHalfClosedSocket() throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var thread = new Thread(() -> halfAnswer(server));
            thread.start();
            var failure = failure(client(URI.create("http://127.0.0.1:" + server.getLocalPort() + "/v1")));
            assertThat(failure.kind()).isEqualTo(JudgeException.Kind.PASSING);
            assertThat(failure.reason()).isEqualTo("judge-unreachable");
            thread.join();
        }
    }

    private static void halfAnswer(ServerSocket server) {
        try (var socket = server.accept()) {
            // the question has arrived
            socket.getInputStream().read(new byte[64 << 10]);
            socket.getOutputStream()
                    .write("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"choices\": ["
                            .getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // the client resets the connection: that is what it shall do
        }
    }

    @Test
    void shouldSayThatNobodyListens() throws Exception {
        int port;
        try (var server = new ServerSocket(0)) {
            port = server.getLocalPort();
        }
        var failure = failure(client(URI.create("http://127.0.0.1:" + port + "/v1")));
        assertThat(failure.kind()).isEqualTo(JudgeException.Kind.PASSING);
        assertThat(failure.reason()).isEqualTo("judge-unreachable");
    }

    @Test
    void shouldKeepToItsConcurrency() throws Exception {
        var running = new AtomicInteger();
        var most = new AtomicInteger();
        var endpoint = endpoint(request -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            vertx.setTimer(20, id -> {
                running.decrementAndGet();
                ScriptedEndpoint.saying("fine").handle(request);
            });
        });
        var client = client(options(endpoint.url(), Duration.ofSeconds(5), new JudgeLimits(3, 0, 0)));

        List<Future<JudgeReply>> replies = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            replies.add(client.complete(QUESTION));
        }
        Future.all(replies).await(30, TimeUnit.SECONDS);

        assertThat(most).hasValue(3);
    }

    @Test
    void shouldKeepToItsRequestsAndTokensPerMinute() throws Exception {
        var endpoint = endpoint(ScriptedEndpoint.saying("fine"));
        // one of burst, then one every 100 ms
        var requests = client(options(endpoint.url(), Duration.ofSeconds(5), new JudgeLimits(1, 600, 0)));
        assertThat(durationOf(requests, 4)).isBetween(Duration.ofMillis(290), Duration.ofSeconds(3));
        // a minute's sixth may be used at once: the first call, of 960 tokens, uses it up and owes half a second
        var tokens = client(options(endpoint.url(), Duration.ofSeconds(5), new JudgeLimits(1, 0, 5_460)));
        assertThat(durationOf(tokens, 2)).isBetween(Duration.ofMillis(500), Duration.ofSeconds(4));
    }

    private Duration durationOf(JudgeClient client, int calls) throws Exception {
        long start = System.nanoTime();
        for (int i = 0; i < calls; i++) {
            ask(client, QUESTION);
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }

    @Test
    void shouldCountTokensAndDurations() {
        var endpoint = endpoint(ScriptedEndpoint.saying("fine"));
        var client = client(endpoint.url());
        ask(client, QUESTION);
        endpoint.script((call, request) -> ScriptedEndpoint.failing(500, "no").handle(request));
        failure(client);

        var tokens = registry.get("gen_ai.client.token.usage");
        assertThat(tokens.tag("gen_ai.token.type", "input").summary().totalAmount())
                .isEqualTo(900);
        var durations = registry.get("gen_ai.client.operation.duration").tag("gen_ai.request.model", "judge");
        assertThat(durations.timers()).hasSize(2);
        assertThat(registry.get("gen_ai.client.operation.duration")
                        .tags("error.type", "judge-failed")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void shouldNotShowTheKey() {
        assertThat(options(URI.create("http://localhost/v1"), Duration.ofSeconds(1), new JudgeLimits(1, 0, 0))
                        .toString())
                .doesNotContain(KEY);
    }

    @Test
    void shouldBuildTheAddress() {
        var addresses = Map.of(
                "http://localhost:8000/v1", "http://localhost:8000/v1/chat/completions",
                "http://localhost:8000/v1/", "http://localhost:8000/v1/chat/completions",
                "https://x.example/openai/v1?api-version=1",
                        "https://x.example/openai/v1/chat/completions?api-version=1");
        addresses.forEach((base, endpoint) -> assertThat(
                        options(URI.create(base), Duration.ofSeconds(1), new JudgeLimits(1, 0, 0))
                                .endpoint())
                .hasToString(endpoint));
        assertThatThrownBy(() -> options(URI.create("ftp://x"), Duration.ofSeconds(1), new JudgeLimits(1, 0, 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("https://host/v1");
    }

    private static Handler<HttpServerRequest> busy(String retryAfter) {
        return request -> request.response()
                .setStatusCode(429)
                .putHeader("Retry-After", retryAfter)
                .end("{}");
    }

    private ScriptedEndpoint endpoint(Handler<HttpServerRequest> answer) {
        var endpoint = ScriptedEndpoint.answering(vertx, answer);
        open.add(endpoint);
        return endpoint;
    }

    private JudgeClient client(URI url) {
        return client(options(url, Duration.ofSeconds(5), new JudgeLimits(4, 0, 0)));
    }

    private JudgeClient client(JudgeOptions options) {
        var client = new JudgeClient(vertx, options, registry);
        open.add(client);
        return client;
    }

    private static JudgeOptions options(URI url, Duration timeout, JudgeLimits limits) {
        return new JudgeOptions(
                url,
                new Secret(KEY),
                "judge",
                0.0,
                256,
                "max_tokens",
                42L,
                ResponseFormat.JSON_SCHEMA,
                Duration.ofSeconds(2),
                timeout,
                1 << 20,
                limits);
    }

    private static JudgeReply ask(JudgeClient client, ChatRequest question) {
        try {
            return client.complete(question).await(30, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("The client did not answer", e);
        }
    }

    private static JudgeException failure(JudgeClient client) {
        try {
            var reply = ask(client, QUESTION);
            throw new AssertionError("Expected a failure, not " + reply);
        } catch (JudgeException e) {
            return e;
        }
    }
}
