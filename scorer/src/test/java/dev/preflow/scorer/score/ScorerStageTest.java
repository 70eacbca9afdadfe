package dev.preflow.scorer.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.djl.ndarray.NDManager;
import dev.preflow.models.tensor.Torch;
import dev.preflow.schemas.Ids;
import dev.preflow.schemas.Image;
import dev.preflow.schemas.Release;
import dev.preflow.schemas.ReleaseKind;
import dev.preflow.schemas.Rollout;
import dev.preflow.schemas.Score;
import dev.preflow.scorer.BrightWorld;
import dev.preflow.scorer.Records;
import dev.preflow.scorer.ScorerSettings;
import dev.preflow.scorer.TestStream;
import dev.preflow.scorer.TestStream.Followed;
import dev.preflow.scorer.pixels.PictureCache;
import dev.preflow.stream.StageRuntime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScorerStageTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private static Path folder;

    private static TestStream stream;
    private static BrightWorld world;
    private static NDManager manager;

    private final Random random = new Random(1);
    private StageRuntime runtime;
    private Followed<Score> scores;
    private Followed<Rollout> rollouts;
    private ScorerStage stage;

    @BeforeAll
    static void startBroker() throws Exception {
        stream = new TestStream(folder.resolve("broker"));
        world = new BrightWorld(folder);
        manager = Torch.newManager();
    }

    @AfterAll
    static void stopBroker() {
        manager.close();
        stream.close();
    }

    @BeforeEach
    void start() throws Exception {
        runtime = stream.runtime();
        scores = stream.follow(runtime.topics().scores());
        rollouts = stream.follow(runtime.topics().rollouts());
        stage = startStage();
    }

    @AfterEach
    void stop() throws Exception {
        stop(stage);
        scores.close();
        rollouts.close();
    }

    @Test
    void shouldScoreWhatWasDrawnBeforeTheFirstReleaseAndSwapToTheSecond() throws Exception {
        var early = world.images("early", 3, random);
        publish(early);
        assertThat(runtime.health().ready().checks().get("scorer").detail()).contains("first reward release");

        var first = publishRelease(1);
        awaitScores(early, first);
        assertThat(runtime.health().ready().checks().get("scorer").ok()).isTrue();

        var second = publishRelease(2);
        awaitServing(2);
        var late = world.images("late", 3, random);
        publish(late);
        awaitScores(late, second);
        assertThat(scores.records()).hasSize(6).extracting(Score::getId).doesNotHaveDuplicates();
    }

    @Test
    void shouldScoreARolloutGroupByOneReleaseThoughAnotherLandsInTheMiddle() throws Exception {
        publishRelease(1);
        awaitServing(1);
        var group = rolloutGroup("group", 4);
        publish(group.subList(0, 3));
        await().atMost(LIMIT)
                .until(() -> runtime.meters()
                                .get("preflow.scorer.rollouts.waiting")
                                .gauge()
                                .value()
                        == 3);

        var second = publishRelease(2);
        awaitServing(2);
        publish(group.subList(3, 4));

        await().atMost(LIMIT)
                .until(() -> rollouts.records().size() == 4 && scores.records().size() == 4);
        assertThat(rollouts.records()).extracting(Rollout::getRewardRelease).containsOnly(second.getId());
        assertThat(rollouts.records()).extracting(Rollout::getImage).containsExactlyInAnyOrderElementsOf(group);
    }

    @Test
    void shouldScoreAGroupThatStaysIncompleteAndKeepWhatComesLaterOutOfIt() throws Exception {
        publishRelease(1);
        awaitServing(1);
        var group = rolloutGroup("group", 3);
        var single = rolloutGroup("single", 2);
        publish(group.subList(0, 2));
        publish(single.subList(0, 1));
        await().atMost(LIMIT).until(() -> scores.records().size() == 3);

        publish(group.subList(2, 3));

        await().atMost(LIMIT).until(() -> scores.records().size() == 4);
        assertThat(rollouts.records())
                .extracting(Rollout::getImage)
                .containsExactlyInAnyOrderElementsOf(group.subList(0, 2));
        assertThat(runtime.meters().counter("preflow.scorer.rollouts.late").count())
                .isEqualTo(1);
    }

    @Test
    void shouldScoreNothingTwiceThatIsDeliveredAgain() throws Exception {
        publishRelease(1);
        var images = world.images("again", 2, random);
        var group = rolloutGroup("group", 2);
        publish(images);
        publish(group);
        await().atMost(LIMIT).until(() -> scores.records().size() == 4);
        stop(stage);

        // a record that comes again after another release, as after a crash before its offset was committed
        publishRelease(2);
        stage = startStage();
        publish(images);
        publish(group);
        var next = world.images("next", 4, random);
        publish(next);

        await().atMost(LIMIT).until(() -> scores.records().size() == 8);
        assertThat(scores.records().subList(4, 8))
                .extracting(Score::getImage)
                .containsExactlyInAnyOrderElementsOf(next);
        assertThat(rollouts.records()).hasSize(2);
    }

    private ScorerStage startStage() throws Exception {
        var config = TestStream.config(folder, Map.of(ScorerSettings.GROUP_WAIT.key(), "3s"));
        return ScorerStage.start(runtime, config, new PictureCache(world.blobs(), 1 << 20), world.files("scorer"));
    }

    private static void stop(ScorerStage stage) throws Exception {
        stage.stop().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private List<Image> rolloutGroup(String name, int size) throws Exception {
        return world.images(name, size, random).stream()
                .map(image -> Records.rollout(image, name, size))
                .toList();
    }

    private Release publishRelease(int number) throws Exception {
        var release = world.release(manager, number);
        stream.publish(runtime.topics().releases(), ReleaseKind.REWARD.name(), release);
        return release;
    }

    private void publish(List<Image> images) throws Exception {
        for (var image : images) {
            stream.publish(runtime.topics().images(), image.getPromptId(), image);
        }
    }

    private void awaitServing(int number) {
        await().atMost(LIMIT)
                .until(() ->
                        runtime.meters().get("preflow.scorer.release").gauge().value() == number);
    }

    private void awaitScores(List<Image> images, Release release) {
        var ids = images.stream()
                .map(image -> Ids.scoreId(image.getId(), release.getId()))
                .toList();
        await().atMost(LIMIT)
                .until(() ->
                        scores.records().stream().map(Score::getId).toList().containsAll(ids));
    }
}
