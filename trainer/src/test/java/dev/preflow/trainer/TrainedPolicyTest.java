package dev.preflow.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.preflow.stream.config.Config;
import dev.preflow.trainer.checkpoint.Checkpoints;
import dev.preflow.trainer.checkpoint.TrainingState;
import dev.preflow.trainer.ppo.UpdateReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainedPolicyTest {
    @TempDir
    private Path folder;

    private Config config;

    @BeforeEach
    void writeBase() {
        config = TinyTrainer.config(folder, Map.of());
    }

    @Test
    void shouldGoOnAfterARestartAsIfNothingHadHappened() throws Exception {
        Checkpoints straight = new Checkpoints(folder.resolve("straight"));
        Checkpoints resumed = new Checkpoints(folder.resolve("resumed"));

        train(straight, 4);
        train(resumed, 2);
        train(resumed, 2);

        Map<String, String> expected = newest(folder.resolve("straight"));
        assertThat(expected)
                .containsOnlyKeys("policy.safetensors", "ema.safetensors", "optimiser.safetensors", "state.json");
        assertThat(newest(folder.resolve("resumed"))).isEqualTo(expected);
    }

    /** Trains a fresh process's policy, from the newest checkpoint on. */
    private void train(Checkpoints checkpoints, int iterations) throws Exception {
        try (TrainedPolicy policy = TrainedPolicy.open(config)) {
            TrainingState state = policy.restore(checkpoints).orElse(TrainingState.START);
            for (int i = 0; i < iterations; i++) {
                UpdateReport report = policy.iterate(
                        TinyTrainer.draw(policy, folder, state.iteration()), state.updates(), state.iteration());
                assertThat(report.firstLogRatio()).isLessThanOrEqualTo(1e-4);
                state = new TrainingState(
                        state.iteration() + 1,
                        state.updates() + policy.steps(report),
                        0,
                        List.of(),
                        Map.of("meanReward", report.meanReward()));
                policy.save(checkpoints, state);
            }
        }
    }

    private static Map<String, String> newest(Path checkpoints) throws IOException {
        try (var files = Files.list(checkpoints.resolve("iteration-000000004"))) {
            return files.collect(Collectors.toMap(file -> file.getFileName().toString(), TrainedPolicyTest::bytes));
        }
    }

    private static String bytes(Path file) {
        try {
            return HexFormat.of().formatHex(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldRefuseAPatternThatMatchesNothing() {
        Config none = TinyTrainer.config(folder, Map.of(TrainerSettings.TRAINABLE.key(), "no such parameter"));

        assertThatThrownBy(() -> TrainedPolicy.open(none))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(TrainerSettings.TRAINABLE.key());
    }
}
