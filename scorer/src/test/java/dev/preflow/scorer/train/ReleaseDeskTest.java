package dev.preflow.scorer.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.preflow.models.reward.VpScore;
import dev.preflow.models.tensor.Torch;
import dev.preflow.scorer.BrightWorld;
import dev.preflow.scorer.ScorerSettings;
import dev.preflow.scorer.TestStream;
import dev.preflow.scorer.pixels.PictureCache;
import dev.preflow.stream.StageRuntime;
import dev.preflow.stream.config.Config;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReleaseDeskTest {

    @TempDir
    private Path folder;

    private final NDManager manager = Torch.newManager();
    private TestStream stream;
    private StageRuntime runtime;
    private BrightWorld world;
    private Config config;
    private TrainingData data;
    private Measure measure;
    private TrainingMetrics metrics;

    @BeforeEach
    void start() throws Exception {
        Torch.useThreads(1);
        stream = new TestStream(folder.resolve("broker"));
        runtime = stream.runtime();
        world = new BrightWorld(folder);
        config = TestStream.config(
                folder,
                Map.of(
                        ScorerSettings.BATCH.key(), "32",
                        ScorerSettings.WARM_UP.key(), "5",
                        ScorerSettings.LEARNING_RATE.key(), "0.003",
                        ScorerSettings.EMA_DECAY.key(), "0.9",
                        ScorerSettings.GATE_MIN_PAIRS.key(), "30"));
        data = new TrainingData(config, new HeldOutPrompts(0.3, prompt -> false));
        data.add(world.preferences("prompt", 200, "policy-release", new Random(1)));
        metrics = new TrainingMetrics(runtime.meters(), data);
        measure = new Measure(new PictureCache(world.blobs(), 1 << 20), metrics);
    }

    @AfterEach
    void stop() {
        stream.close();
        manager.close();
    }

    @Test
    void shouldReleaseWhatHasLearntAndRejectWhatIsWorse() throws Exception {
        try (var learnt = learner(1);
                var desk = desk()) {
            for (int i = 0; i < 60; i++) {
                learnt.step(data);
            }
            var release = desk.consider(learnt);
            assertThat(release).isNotNull();
            assertThat(release.getNumber()).isEqualTo(1);
            assertThat(release.getMetrics()).containsEntry("step", 60.0).doesNotContainKey("replacedAccuracy");
            assertThat(release.getMetrics().get("heldOutAccuracy")).isGreaterThan(0.85);
            assertThat(release.getMetrics().get("policyAccuracy")).isGreaterThan(0.85);

            try (var released = VpScore.load(world.files("learner").unpack(release), manager)) {
                var recent = new ArrayList<>(Shown.in(data.recent()));
                float[] scores = released.score(measure.pictures(recent), Measure.prompts(recent));
                assertThat(mean(scores)).isBetween(-0.01, 0.01);
            }

            try (var untrained = learner(2)) {
                assertThat(desk.consider(untrained)).isNull();
            }
            assertThat(runtime.meters().counter("preflow.reward.rejected").count())
                    .isEqualTo(1);

            learnt.step(data);
            var next = desk.consider(learnt);
            assertThat(next).isNotNull();
            assertThat(next.getParent()).isEqualTo(release.getId());
            assertThat(next.getMetrics())
                    .containsKeys("replacedAccuracy", "calibrationShiftMean", "calibrationShiftStd");
        }
        // another process compares with the release that it finds on the topic
        try (var untrained = learner(2);
                var desk = desk()) {
            assertThat(desk.consider(untrained)).isNull();
            assertThat(runtime.meters().counter("preflow.reward.rejected").count())
                    .isEqualTo(2);
        }
    }

    private Learner learner(long seed) {
        return new Learner(BrightWorld.model(manager, seed), config, measure, List.of(manager.getDevice()));
    }

    private ReleaseDesk desk() throws Exception {
        var releases = new RewardReleases(runtime, world.blobs(), world.files("learner"), 2);
        var desk = new ReleaseDesk(config, data, measure, metrics, releases, manager);
        desk.load(world.files("learner"));
        return desk;
    }

    private static double mean(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum / values.length;
    }
}
