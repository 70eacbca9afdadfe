package dev.preflow.scorer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.preflow.models.tensor.Torch;
import dev.preflow.schemas.Aspect;
import dev.preflow.schemas.Preference;
import dev.preflow.scorer.BrightWorld;
import dev.preflow.scorer.ScorerSettings;
import dev.preflow.scorer.TestStream;
import dev.preflow.scorer.pixels.PictureCache;
import dev.preflow.scorer.store.TrainingPair;
import dev.preflow.stream.config.Config;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LearnerTest {

    @TempDir
    private Path folder;

    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final NDManager manager = Torch.newManager();
    private Config config;
    private List<Preference> preferences;
    private PictureCache pictures;

    @BeforeEach
    void draw() throws IOException {
        Torch.useThreads(1);
        config = TestStream.config(folder, Map.of(ScorerSettings.BATCH.key(), "16", ScorerSettings.WARM_UP.key(), "5"));
        var world = new BrightWorld(folder);
        preferences = world.preferences("prompt", 60, null, new Random(1));
        pictures = new PictureCache(world.blobs(), 1 << 20);
    }

    @AfterEach
    void free() {
        manager.close();
    }

    @Test
    void shouldContinueFromACheckpointAsTheUninterruptedRunDoes() throws IOException {
        var data = data(prompt -> false);
        var interrupted = data(prompt -> false);
        try (var whole = learner(data);
                var first = learner(interrupted);
                var resumed = learner(interrupted)) {
            steps(whole, data, 6);
            steps(first, interrupted, 3);
            first.save(Files.createDirectory(folder.resolve("checkpoint")));
            resumed.restore(folder.resolve("checkpoint"));
            steps(resumed, interrupted, 3);

            assertThat(resumed.steps()).isEqualTo(6);
            assertThat(resumed.drawn()).isEqualTo(whole.drawn()).isEqualTo(96);
            assertThat(weights(resumed)).isEqualTo(weights(whole)).isNotEqualTo(weights(first));
        }
    }

    @Test
    void shouldNeverDrawAHeldOutPrompt() {
        var data = data(prompt -> prompt.contains("7"));

        var drawn = new HashSet<TrainingPair>();
        for (int i = 0; i < 200; i++) {
            drawn.addAll(data.draw(16, new Random(i)));
        }

        var heldOut = data.heldOut().all();
        assertThat(heldOut).isNotEmpty().anyMatch(pair -> pair.prompt().contains("7"));
        assertThat(drawn).isNotEmpty().doesNotContainAnyElementsOf(heldOut).noneMatch(pair -> pair.prompt()
                .contains("7"));
        assertThat(drawn.size() + heldOut.size()).isEqualTo(60);
        assertThat(data.trainPairs()).isEqualTo(drawn.size());
    }

    @Test
    void shouldLearnEveryAspectByAnOutputOfItsOwn() throws IOException {
        var each =
                TestStream.config(folder, Map.of(ScorerSettings.BATCH.key(), "8", ScorerSettings.ASPECT.key(), "each"));
        var data = new TrainingData(each, new HeldOutPrompts(0.15, prompt -> false));
        data.add(preferences);
        for (var preference : preferences) {
            data.add(List.of(Preference.newBuilder(preference)
                    .setAspect(Aspect.HARMLESSNESS)
                    .build()));
        }
        try (var learner = new Learner(
                BrightWorld.model(manager, 1),
                each,
                new Measure(pictures, new TrainingMetrics(meters, data)),
                List.of(manager.getDevice()))) {
            steps(learner, data, 20);
            var checkpoint = Files.createDirectory(folder.resolve("checkpoint"));
            learner.save(checkpoint);

            try (var candidate = learner.candidate(manager);
                    var other = learner(data)) {
                assertThat(candidate.config().outputs()).isEqualTo(4);
                assertThat(learner.fits(checkpoint)).isTrue();
                assertThat(other.fits(checkpoint)).isFalse();
            }
        }
    }

    @Test
    void shouldLearnTheSameInMicroBatches() throws IOException {
        requireAlike(still(Map.of(ScorerSettings.MICRO_BATCH.key(), "5")), 1);
    }

    @Test
    void shouldShareABatchAmongDevices() throws IOException {
        requireAlike(still(Map.of()), 3);
    }

    /** The moves of an image depend on its place in a part. */
    private Config still(Map<String, String> more) {
        var settings = new HashMap<>(more);
        settings.put(ScorerSettings.BATCH.key(), "16");
        settings.put(ScorerSettings.SHIFT.key(), "0");
        return TestStream.config(folder, settings);
    }

    /** A learner must learn what one learns that computes a batch at once. */
    private void requireAlike(Config settings, int devices) throws IOException {
        // new pairs come first: what is drawn depends on what was drawn before
        var data = data(prompt -> false);
        var same = data(prompt -> false);
        var measure = new Measure(pictures, new TrainingMetrics(meters, data));
        try (var whole = learner(still(Map.of()), measure, 1);
                var parts = learner(settings, measure, devices)) {
            for (int i = 0; i < 4; i++) {
                double expected = whole.step(data).orElseThrow();
                assertThat(parts.step(same).orElseThrow()).isEqualTo(expected, within(1e-5));
            }
        }
    }

    @Test
    void shouldPassOverPairsWhoseImagesAreGone() throws IOException {
        var data = data(prompt -> false);
        var empty = new PictureCache(new BrightWorld(folder.resolve("empty")).blobs(), 1 << 20);
        var metrics = new TrainingMetrics(meters, data);
        try (var learner = learner(config, new Measure(empty, metrics), 1)) {
            assertThat(learner.step(data)).isEmpty();
            assertThat(learner.steps()).isZero();
            assertThat(meters.counter("preflow.reward.pairs.unreadable").count())
                    .isEqualTo(16);
        }
    }

    private TrainingData data(Predicate<String> heldOut) {
        var data = new TrainingData(config, new HeldOutPrompts(0.15, heldOut));
        data.add(preferences);
        return data;
    }

    private Learner learner(TrainingData data) {
        var measure = new Measure(pictures, new TrainingMetrics(meters, data));
        return learner(config, measure, 1);
    }

    private Learner learner(Config settings, Measure measure, int devices) {
        return new Learner(
                BrightWorld.model(manager, 1), settings, measure, Collections.nCopies(devices, manager.getDevice()));
    }

    private static void steps(Learner learner, TrainingData data, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            assertThat(learner.step(data)).isPresent();
        }
    }

    private byte[] weights(Learner learner) throws IOException {
        var directory = Files.createTempDirectory(folder, "weights");
        try (var model = learner.candidate(manager)) {
            model.save(directory);
        }
        return Files.readAllBytes(directory.resolve("model.safetensors"));
    }
}
