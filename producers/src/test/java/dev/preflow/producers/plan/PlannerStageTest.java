package dev.preflow.producers.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.preflow.broker.EmbeddedBroker;
import dev.preflow.producers.TestLoop;
import dev.preflow.producers.source.FeedPace;
import dev.preflow.producers.source.OpenPrompts;
import dev.preflow.producers.source.PromptEndings;
import dev.preflow.producers.source.PromptFeeder;
import dev.preflow.producers.source.PromptFormat;
import dev.preflow.producers.source.PromptSource;
import dev.preflow.producers.source.PromptSources;
import dev.preflow.producers.source.SuppliedSource;
import dev.preflow.schemas.DeadLetter;
import dev.preflow.schemas.GenerationTask;
import dev.preflow.schemas.Prompt;
import dev.preflow.stream.Stage;
import dev.preflow.stream.StageOptions;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlannerStageTest {

    @TempDir
    private static Path folder;

    private static EmbeddedBroker broker;

    private TestLoop loop;
    private Stage<Prompt> planner;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = EmbeddedBroker.start(folder.resolve("broker"));
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void startPlanner() throws Exception {
        loop = TestLoop.on(broker);
        var plan = new Plan(4, 3, 12, 20, GeneratorPool.of(Map.of("policy", 1.0, "base", 1.0)));
        planner = PlannerStage.start(loop.runtime(), plan, new PromptRules(10_000, 4), StageOptions.inFlight(50));
    }

    @AfterEach
    void stop() {
        planner.stop().await();
        loop.close();
    }

    @Test
    void shouldPlanWhatIsFedAndGiveUpWhatCannotBeDrawn() throws Exception {
        var published = new CopyOnWriteArrayList<Prompt>();
        var tasks = loop.records(loop.topics().tasks());
        var letters = loop.records(loop.topics().deadLetters());

        var report = feeder(false, FeedPace.unlimited())
                .feed(
                        jsonLines("\"a fox\"\n\"\"\n{\"id\": 1, \"text\": \"an owl\"}\nnull\n\"" + "x".repeat(10_001)
                                + "\"\n"),
                        published::add);

        assertThat(report.published()).isEqualTo(4);
        assertThat(report.refused()).isEqualTo(1);
        assertThat(report.examples()).singleElement().satisfies(refused -> assertThat(refused.position())
                .isEqualTo(4));
        assertThat(published).hasSize(4);
        await().untilAsserted(() -> {
            assertThat(tasks).hasSize(8);
            assertThat(letters).hasSize(2);
        });
        assertThat(tasks.stream().collect(Collectors.groupingBy(GenerationTask::getPromptText, Collectors.counting())))
                .isEqualTo(Map.of("a fox", 4L, "an owl", 4L));
        assertThat(letters).allSatisfy(letter -> {
            assertThat(letter.getEndsPrompt()).isTrue();
            assertThat(published).extracting(Prompt::getId).contains(letter.getPromptId());
        });
        assertThat(letters)
                .extracting(DeadLetter::getReason)
                .containsExactlyInAnyOrder("empty-prompt", "prompt-too-long");
    }

    @Test
    void shouldAskForTheSameImagesWhenAPromptIsDeliveredTwice() {
        var tasks = loop.records(loop.topics().tasks());
        var prompt = new Prompt("p1", "a fox", "test", Instant.ofEpochMilli(1_000));

        loop.publish(loop.topics().prompts(), "p1", prompt);
        loop.publish(loop.topics().prompts(), "p1", prompt);

        await().until(() -> tasks.size() == 8);
        assertThat(Map.copyOf(tasks.stream().collect(Collectors.groupingBy(task -> task, Collectors.counting()))))
                .hasSize(4)
                .allSatisfy((task, times) -> assertThat(times).isEqualTo(2));
    }

    @Test
    void shouldGiveTheSameIdsOnlyWhenAskedToOrWhenTheSourceHasIds() throws Exception {
        assertThat(ids(true, "\"a fox\"\n\"a fox\""))
                .doesNotHaveDuplicates()
                .isEqualTo(ids(true, "\"a fox\"\n\"a fox\""));
        assertThat(ids(false, "\"a fox\"")).isNotEqualTo(ids(false, "\"a fox\""));
        assertThat(ids(false, "{\"id\": 7, \"text\": \"a fox\"}"))
                .isEqualTo(ids(false, "{\"id\": 7, \"text\": \"a fox\"}"));
        assertThat(ids(false, "{\"id\": 7, \"text\": \"a fox\"}"))
                .isNotEqualTo(ids(false, "{\"id\": 7, \"text\": \"an owl\"}"));
    }

    @Test
    void shouldHoldAnEndlessSourceBackUntilPromptsEnd() throws Exception {
        var open = new OpenPrompts(3, Duration.ofMinutes(10), Clock.systemUTC());
        var published = new CopyOnWriteArrayList<Prompt>();
        var left = new AtomicInteger(5);
        var source = new SuppliedSource(
                "grammar", () -> left.getAndDecrement() > 0 ? Optional.of("a fox") : Optional.empty());
        var feeding = new Thread(() -> {
            try {
                feeder(false, new FeedPace(1_000, open)).feed(source, published::add);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        feeding.start();

        await().until(() -> feeding.getState() == Thread.State.TIMED_WAITING && published.size() == 3);
        assertThat(open.count()).isEqualTo(3);
        published.stream().limit(2).toList().forEach(prompt -> open.deadLettered(ending(prompt)));

        feeding.join(60_000);
        assertThat(feeding.isAlive()).isFalse();
        assertThat(published).hasSize(5);
    }

    @Test
    void shouldSeeOnTheTopicsThatPromptsEnd() throws Exception {
        var open = new OpenPrompts(1, Duration.ofMinutes(10), Clock.systemUTC());
        try (var endings = PromptEndings.follow(loop.runtime().kafka(), loop.topics(), open)) {
            // every one of them is given up by the planner, which makes room for the next
            var report = feeder(false, new FeedPace(1_000, open)).feed(jsonLines("\"\"\n\"\"\n\"\"\n"), prompt -> {});

            assertThat(report.published()).isEqualTo(3);
            await().until(() -> open.count() == 0);
        }
    }

    @Test
    void shouldForgetPromptsThatNeverEnd() throws Exception {
        var open = new OpenPrompts(1, Duration.ofMillis(100), Clock.systemUTC());

        var report = feeder(false, new FeedPace(1_000, open)).feed(jsonLines("\"a\"\n\"b\"\n\"c\"\n"), prompt -> {});

        assertThat(report.published()).isEqualTo(3);
        assertThat(open.count()).isEqualTo(1);
    }

    @Test
    void shouldKeepToTheRate() throws Exception {
        long started = System.nanoTime();

        feeder(false, new FeedPace(20, OpenPrompts.unbounded()))
                .feed(jsonLines("\"a\"\n\"b\"\n\"c\"\n\"d\"\n\"e\"\n"), prompt -> {});

        assertThat(Duration.ofNanos(System.nanoTime() - started)).isGreaterThan(Duration.ofMillis(195));
    }

    private List<String> ids(boolean repeatable, String json) throws Exception {
        var published = new CopyOnWriteArrayList<String>();
        feeder(repeatable, FeedPace.unlimited()).feed(jsonLines(json), prompt -> published.add(prompt.getId()));
        return published;
    }

    private PromptFeeder feeder(boolean repeatable, FeedPace pace) {
        return new PromptFeeder(
                loop.runtime().publisher(), loop.topics().prompts(), repeatable, pace, Clock.systemUTC());
    }

    private static PromptSource jsonLines(String json) throws Exception {
        return PromptSources.stream(
                "test", PromptFormat.JSON_LINES, new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
    }

    private static DeadLetter ending(Prompt prompt) {
        return DeadLetter.newBuilder()
                .setId("d")
                .setStage("planner")
                .setTopic("prompts")
                .setPartition(0)
                .setOffset(0)
                .setReason("refused")
                .setDetail("No.")
                .setAttempts(1)
                .setPromptId(prompt.getId())
                .setEndsPrompt(true)
                .setCreatedAt(Instant.EPOCH)
                .build();
    }
}
