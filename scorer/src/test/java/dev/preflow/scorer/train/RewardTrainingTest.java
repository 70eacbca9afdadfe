package dev.preflow.scorer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.preflow.schemas.Preference;
import dev.preflow.schemas.Release;
import dev.preflow.schemas.Score;
import dev.preflow.scorer.BrightWorld;
import dev.preflow.scorer.Records;
import dev.preflow.scorer.ScorerSettings;
import dev.preflow.scorer.TestStream;
import dev.preflow.scorer.pixels.PictureCache;
import dev.preflow.scorer.score.ScorerStage;
import dev.preflow.scorer.store.PreferenceStore;
import dev.preflow.scorer.store.StoreStage;
import dev.preflow.stream.StageRuntime;
import dev.preflow.stream.config.Config;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RewardTrainingTest {

    private static final Duration LIMIT = Duration.ofSeconds(120);

    @TempDir
    private Path folder;

    private final Random random = new Random(1);
    private TestStream stream;
    private StageRuntime runtime;
    private BrightWorld world;
    private PictureCache pictures;
    private Config config;

    @BeforeEach
    void start() throws Exception {
        stream = new TestStream(folder.resolve("broker"));
        runtime = stream.runtime();
        world = new BrightWorld(folder);
        pictures = new PictureCache(world.blobs(), 8 << 20);
        config = TestStream.config(
                folder,
                Map.ofEntries(
                        Map.entry(ScorerSettings.BATCH.key(), "32"),
                        Map.entry(ScorerSettings.WARM_UP.key(), "5"),
                        Map.entry(ScorerSettings.LEARNING_RATE.key(), "0.003"),
                        Map.entry(ScorerSettings.EMA_DECAY.key(), "0.9"),
                        Map.entry(ScorerSettings.DUTY_CYCLE.key(), "1"),
                        Map.entry(ScorerSettings.PASSES.key(), "20"),
                        Map.entry(ScorerSettings.HELD_OUT_SHARE.key(), "0.3"),
                        Map.entry(ScorerSettings.GATE_EVERY.key(), "500ms"),
                        Map.entry(ScorerSettings.GATE_MIN_PAIRS.key(), "30"),
                        Map.entry(ScorerSettings.GATE_MIN_ACCURACY.key(), "0.85")));
    }

    @AfterEach
    void stop() {
        stream.close();
    }

    @Test
    void shouldLearnFromPreferencesReleaseScoreAndContinue() throws Exception {
        try (var store = new PreferenceStore(config.get(ScorerSettings.STORE));
                var releases = stream.follow(runtime.topics().releases());
                var scores = stream.follow(runtime.topics().scores())) {
            var scorer = ScorerStage.start(runtime, config, pictures, world.files("scorer"));
            var training = train(store);
            var storing = StoreStage.start(runtime, store, config, training::add);

            publish(world.preferences("first", 200, null, random));
            await().atMost(LIMIT).until(() -> !releases.records().isEmpty());
            assertThat(releases.records().get(0).getMetrics().get("heldOutAccuracy"))
                    .isGreaterThan(0.85);

            var bright = Records.image("bright", 0, world.pixels(0.9, random), null);
            var dark = Records.image("dark", 0, world.pixels(0.1, random), null);
            stream.publish(runtime.topics().images(), "bright", bright);
            stream.publish(runtime.topics().images(), "dark", dark);
            await().atMost(LIMIT).until(() -> scores.records().size() == 2);
            assertThat(score(scores.records(), bright.getId())).isGreaterThan(score(scores.records(), dark.getId()));
            assertThat(releases.records())
                    .extracting(Release::getId)
                    .contains(scores.records().get(0).getRewardRelease());

            finish(training.stop());
            var last = releases.records().get(releases.records().size() - 1);
            assertThat(new Checkpoints(config.get(ScorerSettings.CHECKPOINTS)).newest())
                    .isPresent();

            // what is stored while nothing trains is learnt by the next run, which goes on from the checkpoint
            publish(world.preferences("second", 200, null, random));
            await().atMost(LIMIT)
                    .until(() -> store.countPreferences().byAspect().get("mean") == 400);
            var resumed = train(store);
            await().atMost(LIMIT).until(() -> releases.records().stream()
                    .anyMatch(release -> release.getNumber() > last.getNumber()));
            var next = releases.records().get(releases.records().size() - 1);
            assertThat(next.getMetrics().get("step"))
                    .isGreaterThan(last.getMetrics().get("step"));
            assertThat(next.getMetrics().get("trainPairs"))
                    .isGreaterThan(last.getMetrics().get("trainPairs"));

            finish(Future.join(resumed.stop(), storing.stop(), scorer.stop()));
        }
    }

    private RewardTraining train(PreferenceStore store) throws Exception {
        return RewardTraining.start(
                runtime,
                config,
                store,
                world.blobs(),
                world.files("learner"),
                pictures,
                manager -> BrightWorld.model(manager, 1),
                prompt -> false);
    }

    private void publish(List<Preference> preferences) throws Exception {
        var acknowledged = preferences.stream()
                .map(preference -> runtime.publisher()
                        .publish(runtime.topics().preferences(), preference.getPromptId(), preference))
                .toList();
        finish(Future.all(acknowledged));
    }

    private static float score(List<Score> scores, String image) {
        return scores.stream()
                .filter(score -> score.getImage().getId().equals(image))
                .findFirst()
                .orElseThrow()
                .getValue();
    }

    private static void finish(Future<?> future) throws Exception {
        future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
}
