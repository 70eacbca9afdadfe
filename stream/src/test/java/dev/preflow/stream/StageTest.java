package dev.preflow.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.preflow.schemas.Ids;
import dev.preflow.schemas.Prompt;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StageTest {

    private static final RetryPolicy QUICK = new RetryPolicy(3, Duration.ofMillis(1), Duration.ofMillis(20));

    @TempDir
    static Path directory;

    private static StreamFixture fixture;

    private final Map<String, AtomicInteger> handled = new ConcurrentHashMap<>();

    @BeforeAll
    static void startBroker() throws IOException {
        fixture = new StreamFixture(directory);
    }

    @AfterAll
    static void stopBroker() {
        fixture.close();
    }

    private void count(Delivery<Prompt> delivery) {
        handled.computeIfAbsent(delivery.record().getId(), id -> new AtomicInteger())
                .incrementAndGet();
    }

    private static <T> T await30(Future<T> future) throws Exception {
        return future.await(30, TimeUnit.SECONDS);
    }

    @Test
    void shouldHandleEveryRecordOnceAndCommitTheEnd() throws Exception {
        var runtime = fixture.runtime("once.", 1);
        fixture.publishPrompts(runtime, 0, 499);

        var stage = Stage.builder("planner", runtime.topics().prompts(), delivery -> {
                    count(delivery);
                    return Future.succeededFuture();
                })
                .start(runtime);

        await().untilAsserted(() -> assertThat(handled).hasSize(500));
        await().untilAsserted(() ->
                assertThat(fixture.committed(runtime, "planner", 0)).isEqualTo(500));
        await30(stage.stop());
        assertThat(handled.values()).allMatch(times -> times.get() == 1);
        assertThat(runtime.health().live().ok()).isTrue();
        assertThat(runtime.health().ready().ok()).isTrue();
    }

    @Test
    void shouldCommitOnlyBelowTheOldestUnfinishedRecord() throws Exception {
        var runtime = fixture.runtime("watermark.", 1);
        fixture.publishPrompts(runtime, 0, 19);
        var held = Promise.<Void>promise();

        var stage = Stage.builder("planner", runtime.topics().prompts(), delivery -> {
                    count(delivery);
                    return delivery.offset() == 5 ? held.future() : Future.succeededFuture();
                })
                .options(StageOptions.inFlight(4).withDrainLimit(Duration.ofMillis(300)))
                .start(runtime);

        await().untilAsserted(() -> assertThat(handled).hasSize(20));
        await().untilAsserted(() ->
                assertThat(fixture.committed(runtime, "planner", 0)).isEqualTo(5));
        // the drain limit passes: the held record is given back
        await30(stage.stop());
        assertThat(fixture.committed(runtime, "planner", 0)).isEqualTo(5);

        var again = Stage.builder("planner", runtime.topics().prompts(), delivery -> {
                    count(delivery);
                    return Future.succeededFuture();
                })
                .start(runtime);
        await().untilAsserted(() ->
                assertThat(fixture.committed(runtime, "planner", 0)).isEqualTo(20));
        await30(again.stop());
        assertThat(handled.get("p4")).hasValue(1);
        assertThat(handled.get("p5")).hasValue(2);
    }

    @Test
    void shouldNeverHaveMoreInFlightThanAllowed() throws Exception {
        var runtime = fixture.runtime("bounded.", 2);
        fixture.publishPrompts(runtime, 0, 199);
        var now = new AtomicInteger();
        var most = new AtomicInteger();

        var stage = Stage.builder("planner", runtime.topics().prompts(), delivery -> {
                    count(delivery);
                    most.accumulateAndGet(now.incrementAndGet(), Math::max);
                    var done = Promise.<Void>promise();
                    fixture.vertx.setTimer(5, ignored -> {
                        now.decrementAndGet();
                        done.complete();
                    });
                    return done.future();
                })
                .options(StageOptions.inFlight(7))
                .start(runtime);

        await().untilAsserted(() -> assertThat(handled).hasSize(200));
        await30(stage.stop());
        assertThat(most).hasValue(7);
    }

    @Test
    void shouldStopTakingFromAPartitionWhoseOldestRecordHoldsIt() throws Exception {
        var runtime = fixture.runtime("ahead.", 1);
        fixture.publishPrompts(runtime, 0, 99);
        var held = Promise.<Void>promise();

        var stage = Stage.builder("planner", runtime.topics().prompts(), delivery -> {
                    count(delivery);
                    return delivery.offset() == 0 ? held.future() : Future.succeededFuture();
                })
                .options(StageOptions.inFlight(5).withMaxAhead(20))
                .start(runtime);

        await().untilAsserted(() -> assertThat(handled).hasSizeGreaterThanOrEqualTo(20));
        await().during(Duration.ofMillis(400))
                .untilAsserted(() -> assertThat(handled).hasSizeLessThanOrEqualTo(25));
        held.complete();
        await().untilAsserted(() -> assertThat(handled).hasSize(100));
        await30(stage.stop());
    }

    @Test
    void shouldTryAgainUntilItSucceeds() throws Exception {
        var runtime = fixture.runtime("retry.", 1);
        fixture.publishPrompts(runtime, 0, 9);
        Queue<Integer> attempts = new ConcurrentLinkedQueue<>();

        var stage = Stage.builder("planner", runtime.topics().prompts(), delivery -> {
                    if (delivery.offset() == 3) {
                        attempts.add(delivery.attempt());
                        if (delivery.attempt() < 3) {
                            return Future.failedFuture(new RetriableException("busy", null, Duration.ofMillis(50)));
                        }
                    }
                    count(delivery);
                    return Future.succeededFuture();
                })
                .options(StageOptions.inFlight(4).withRetry(QUICK))
                .start(runtime);

        await().untilAsserted(() -> assertThat(handled).hasSize(10));
        await30(stage.stop());
        assertThat(attempts).containsExactly(1, 2, 3);
        assertThat(fixture.deadLetters(runtime)).isEmpty();
        assertThat(runtime.meters().get("preflow.stage.retries").counter().count())
                .isEqualTo(2);
    }

    @Test
    void shouldDeadLetterWhatCannotBeHandledAndGoOn() throws Exception {
        var runtime = fixture.runtime("dead.", 1);
        var prompts = runtime.topics().prompts();
        fixture.publishPrompts(runtime, 0, 3);
        fixture.publishRaw(prompts, 0, "p-raw", "{\"not\": \"avro\"}".getBytes());
        fixture.publishPrompts(runtime, 4, 5);

        var stage = Stage.builder("planner", prompts, delivery -> {
                    count(delivery);
                    if (delivery.offset() == 0) {
                        return Future.failedFuture(new RetriableException("still busy", null));
                    }
                    if (delivery.offset() == 1) {
                        return Future.failedFuture(new NonRetriableException("refused", "not this one"));
                    }
                    if (delivery.offset() == 2) {
                        throw new IllegalStateException("a bug");
                    }
                    return Future.succeededFuture();
                })
                .options(StageOptions.inFlight(4).withRetry(QUICK))
                .deadLetters(DeadLetterRules.endingPrompt(Prompt::getId))
                .start(runtime);

        await().untilAsserted(() ->
                assertThat(fixture.committed(runtime, "planner", 0)).isEqualTo(7));
        await30(stage.stop());
        var letters = fixture.deadLetters(runtime);
        assertThat(letters)
                .extracting(letter -> letter.record().getReason())
                .containsExactlyInAnyOrder("attempts-exhausted", "refused", "failed", "undecodable");
        for (var letter : letters) {
            var record = letter.record();
            assertThat(record.getId()).isEqualTo(Ids.deadLetterId(prompts.name(), 0, record.getOffset()));
            assertThat(letter.key()).isEqualTo(record.getPromptId());
            assertThat(record.getStage()).isEqualTo("planner");
            assertThat(record.getEndsPrompt()).isTrue();
            assertThat(record.getAttempts()).isEqualTo(record.getReason().equals("attempts-exhausted") ? 3 : 1);
        }
        var undecodable = letters.stream()
                .map(Delivery::record)
                .filter(letter -> letter.getReason().equals("undecodable"))
                .findFirst()
                .orElseThrow();
        assertThat(undecodable.getPromptId()).isEqualTo("p-raw");
        assertThat(new String(undecodable.getValue().array())).isEqualTo("{\"not\": \"avro\"}");
        assertThat(undecodable.getDetail()).contains("Not a Prompt");
        assertThat(runtime.meters()
                        .get("preflow.stage.dead.letters")
                        .tag("reason", "refused")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void shouldDeadLetterBytesThatAreTooManyForALetter() throws Exception {
        var runtime = fixture.runtime("large.", 1);
        fixture.publishRaw(runtime.topics().prompts(), 0, "p0", new byte[900_000]);

        var stage = Stage.builder("planner", runtime.topics().prompts(), delivery -> Future.succeededFuture())
                .start(runtime);
        await().untilAsserted(() ->
                assertThat(fixture.committed(runtime, "planner", 0)).isEqualTo(1));
        await30(stage.stop());

        var letter = fixture.deadLetters(runtime).get(0).record();
        assertThat(letter.getReason()).isEqualTo("undecodable");
        assertThat(letter.getValue()).isNull();
        assertThat(letter.getDetail()).contains("value of 900000 bytes left out");
        assertThat(letter.getPromptId()).isNull();
    }

    @Test
    void shouldFinishARecordWhoseHandlerBreaksItsContract() throws Exception {
        var runtime = fixture.runtime("broken.", 1);
        fixture.publishPrompts(runtime, 0, 1);

        var stage = Stage.builder("planner", runtime.topics().prompts(), delivery -> {
                    if (delivery.offset() == 0) {
                        throw new StackOverflowError("a bug");
                    }
                    return null;
                })
                .start(runtime);
        await().untilAsserted(() ->
                assertThat(fixture.committed(runtime, "planner", 0)).isEqualTo(2));
        await30(stage.stop());

        assertThat(fixture.deadLetters(runtime))
                .extracting(letter -> letter.record().getReason())
                .containsExactly("failed", "failed");
    }

    @Test
    void shouldFinishWhatIsInFlightWhenStopped() throws Exception {
        var runtime = fixture.runtime("drain.", 1);
        fixture.publishPrompts(runtime, 0, 99);
        var finished = new AtomicInteger();

        var stage = Stage.builder("planner", runtime.topics().prompts(), delivery -> {
                    count(delivery);
                    var done = Promise.<Void>promise();
                    fixture.vertx.setTimer(400, ignored -> {
                        finished.incrementAndGet();
                        done.complete();
                    });
                    return done.future();
                })
                .options(StageOptions.inFlight(10))
                .start(runtime);
        await().untilAsserted(() -> assertThat(handled).hasSizeGreaterThanOrEqualTo(10));

        await30(stage.stop());

        assertThat(finished.get()).isEqualTo(handled.size()).isLessThan(100);
        assertThat(fixture.committed(runtime, "planner", 0)).isEqualTo(finished.get());
    }

    @Test
    void shouldReleaseWhatWaitsForAnotherAttemptWhenStopped() throws Exception {
        var runtime = fixture.runtime("release.", 1);
        fixture.publishPrompts(runtime, 0, 0);
        var failed = new AtomicInteger();

        var stage = Stage.builder("planner", runtime.topics().prompts(), delivery -> {
                    failed.incrementAndGet();
                    return Future.failedFuture(new RetriableException("come back later", null, Duration.ofHours(1)));
                })
                .start(runtime);
        await().untilAsserted(() -> assertThat(failed).hasValue(1));

        stage.stop().await(5, TimeUnit.SECONDS);

        assertThat(fixture.committed(runtime, "planner", 0)).isLessThanOrEqualTo(0);
        assertThat(fixture.deadLetters(runtime)).isEmpty();
    }

    @Test
    void shouldShareAndHandOverPartitionsWithoutLoss() throws Exception {
        var runtime = fixture.runtime("rebalance.", 4);
        StageHandler<Prompt> slow = delivery -> {
            count(delivery);
            var done = Promise.<Void>promise();
            fixture.vertx.setTimer(3, ignored -> done.complete());
            return done.future();
        };
        var options = StageOptions.inFlight(20);
        var first = Stage.builder("planner", runtime.topics().prompts(), slow)
                .options(options)
                .start(runtime);
        fixture.publishPrompts(runtime, 0, 999);
        await().untilAsserted(() -> assertThat(first.assignment()).hasSize(4));

        var second = Stage.builder("planner", runtime.topics().prompts(), slow)
                .options(options)
                .start(runtime);
        fixture.publishPrompts(runtime, 1000, 2999);
        await().untilAsserted(() -> {
            assertThat(first.assignment()).hasSize(2);
            assertThat(second.assignment()).hasSize(2);
        });
        await30(first.stop());
        fixture.publishPrompts(runtime, 3000, 3499);
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(handled).hasSize(3500));
        await30(second.stop());

        long ended = 0;
        for (int partition = 0; partition < 4; partition++) {
            ended += fixture.committed(runtime, "planner", partition);
        }
        assertThat(ended).isEqualTo(3500);
        // a clean hand-over repeats nothing
        assertThat(handled.values()).allMatch(times -> times.get() == 1);
    }
}
