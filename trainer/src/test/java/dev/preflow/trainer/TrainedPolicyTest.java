package dev.preflow.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.preflow.models.pipeline.DiffusionPipeline;
import dev.preflow.models.pipeline.LoraDirectory;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.Torch;
import dev.preflow.models.weights.SafetensorsReader;
import dev.preflow.stream.config.Config;
import dev.preflow.trainer.checkpoint.Checkpoints;
import dev.preflow.trainer.checkpoint.TrainingState;
import dev.preflow.trainer.ppo.UpdateReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainedPolicyTest {
    /** Four transformers, each of two attentions with four projections. */
    private static final int LAYERS = 4 * 2 * 4;

    private static final Path REFERENCE = Path.of("../models/src/test/resources/reference");
    private static final List<String> BESIDE = List.of(
            "tokenizer/vocab.json",
            "tokenizer/merges.txt",
            "tokenizer/tokenizer_config.json",
            "unet/config.json",
            "vae/config.json",
            "text_encoder/config.json");

    @TempDir
    private Path folder;

    private Config config;

    @BeforeEach
    void writeBase() {
        config = TinyTrainer.config(folder, Map.of());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void shouldGoOnAfterARestartAsIfNothingHadHappened(int rank) throws Exception {
        config = TinyTrainer.config(
                folder,
                Map.of(TrainerSettings.LORA_RANK.key(), Integer.toString(rank), TrainerSettings.RESET.key(), "3"));
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
                boolean anew = policy.reset(state.iteration() + 1);
                state = new TrainingState(
                        state.iteration() + 1,
                        anew ? 0 : state.updates() + policy.steps(report),
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

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void shouldBeginAnewNearWhereItBegan(int rank) throws Exception {
        Map<String, String> lora = Map.of(TrainerSettings.LORA_RANK.key(), Integer.toString(rank));
        Checkpoints before = new Checkpoints(folder.resolve("before"));
        Checkpoints after = new Checkpoints(folder.resolve("after"));
        Map<String, String> settings = new HashMap<>(lora);
        settings.put(TrainerSettings.RESET.key(), "2");
        settings.put(TrainerSettings.RESET_KEEP.key(), "0.25");

        config = TinyTrainer.config(folder, lora);
        train(before, 2);
        config = TinyTrainer.config(folder, settings);
        train(after, 2);

        Path trained = folder.resolve("before/iteration-000000002");
        Path restarted = folder.resolve("after/iteration-000000002");
        try (NDManager manager = Torch.newManager();
                TrainedPolicy fresh = TrainedPolicy.open(config);
                Parameters went = SafetensorsReader.readAll(trained.resolve("policy.safetensors"), manager);
                Parameters kept = SafetensorsReader.readAll(restarted.resolve("policy.safetensors"), manager);
                Parameters average = SafetensorsReader.readAll(restarted.resolve("ema.safetensors"), manager);
                Parameters optimiser = SafetensorsReader.readAll(restarted.resolve("optimiser.safetensors"), manager)) {
            fresh.save(new Checkpoints(folder.resolve("fresh")), TrainingState.START);
            Path start = folder.resolve("fresh/iteration-000000000/policy.safetensors");
            try (Parameters began = SafetensorsReader.readAll(start, manager)) {
                float farthest = 0;
                for (String name : began.asMap().keySet()) {
                    NDArray way = went.get(name).sub(began.get(name));
                    NDArray left = kept.get(name).sub(began.get(name));
                    farthest = Math.max(farthest, way.abs().max().getFloat());
                    assertThat(left.sub(way.mul(0.25f)).abs().max().getFloat())
                            .as(name)
                            .isLessThan(1e-6f);
                    assertThat(average.get(name)).as(name).isEqualTo(kept.get(name));
                }
                assertThat(farthest).isGreaterThan(1e-3f);
            }
            assertThat(optimiser.asMap())
                    .allSatisfy((name, array) ->
                            assertThat(array.abs().max().getFloat()).as(name).isZero());
        }
    }

    @Test
    void shouldRefuseAPatternThatMatchesNothing() {
        Config none = TinyTrainer.config(folder, Map.of(TrainerSettings.TRAINABLE.key(), "no such parameter"));

        assertThatThrownBy(() -> TrainedPolicy.open(none))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(TrainerSettings.TRAINABLE.key());
    }

    @Test
    void shouldTrainAndReleaseALoraAlone() throws Exception {
        config = lora("16");
        Path exported = folder.resolve("exported");
        Checkpoints checkpoints = new Checkpoints(folder.resolve("checkpoints"));

        train(checkpoints, 3);
        try (TrainedPolicy policy = TrainedPolicy.open(config)) {
            policy.restore(checkpoints);
            policy.export(exported);
        }

        assertThat(exported).isDirectoryContaining("glob:**/pytorch_lora_weights.safetensors");
        assertThat(exported.toFile().list()).hasSize(1);
        Path checkpoint = folder.resolve("checkpoints/iteration-000000003");
        try (SafetensorsReader weights = SafetensorsReader.open(checkpoint.resolve("policy.safetensors"));
                SafetensorsReader moments = SafetensorsReader.open(checkpoint.resolve("optimiser.safetensors"))) {
            assertThat(weights.entries()).hasSize(3 * LAYERS).allSatisfy((name, entry) -> assertThat(name)
                    .matches("unet\\..*\\.attn[12]\\.to_.*\\.(lora_[AB]\\.weight|alpha)"));
            // two moments and a count of A and of B
            assertThat(moments.entries()).hasSize(3 * 2 * LAYERS);
        }
        try (NDManager manager = Torch.newManager();
                DiffusionPipeline base = DiffusionPipeline.load(folder.resolve("base"), "base", manager);
                DiffusionPipeline trained = DiffusionPipeline.load(exported, "trained", manager)) {
            assertThat(TinyPolicy.meanReward(TinyPolicy.rollouts(trained, 3, 99)))
                    .isGreaterThan(TinyPolicy.meanReward(TinyPolicy.rollouts(base, 3, 99)));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void shouldTrainABaseInOneFile(int rank) throws Exception {
        Path base = singleFile();
        Path exported = folder.resolve("exported");
        config = TinyTrainer.config(
                folder,
                Map.of(
                        TrainerSettings.BASE.key(),
                        base.toString(),
                        TrainerSettings.LORA_RANK.key(),
                        Integer.toString(rank)));
        Checkpoints checkpoints = new Checkpoints(folder.resolve("checkpoints"));

        // every iteration draws by what the one before has exported
        train(checkpoints, 2);
        try (TrainedPolicy policy = TrainedPolicy.open(config)) {
            policy.restore(checkpoints);
            policy.export(exported);
        }

        assertThat(LoraDirectory.holds(exported)).isEqualTo(rank > 0);
        if (rank > 0) {
            assertThat(LoraDirectory.base(exported)).isEqualTo(base);
        }
        try (NDManager manager = Torch.newManager();
                DiffusionPipeline trained = DiffusionPipeline.load(exported, "trained", manager);
                DiffusionPipeline before = DiffusionPipeline.load(base, "base", manager)) {
            assertThat(TinyPolicy.meanReward(TinyPolicy.rollouts(trained, 1, 99)))
                    .isNotEqualTo(TinyPolicy.meanReward(TinyPolicy.rollouts(before, 1, 99)));
        }
    }

    /** A small Stable Diffusion as it was published, with what lies beside it. */
    private Path singleFile() throws IOException {
        for (String name : BESIDE) {
            Path target = folder.resolve("sd1").resolve(name);
            Files.createDirectories(target.getParent());
            Files.copy(REFERENCE.resolve("sd1").resolve(name), target);
        }
        return Files.copy(
                REFERENCE.resolve("checkpoints/sd1.safetensors"),
                folder.toAbsolutePath().resolve("sd1.safetensors"));
    }

    @Test
    void shouldRefuseTheRefiner() {
        Config refiner = TinyTrainer.config(
                folder,
                Map.of(
                        TrainerSettings.BASE.key(),
                        REFERENCE.resolve("sdxl-refiner").toString()));

        assertThatThrownBy(() -> TrainedPolicy.open(refiner))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("SDXL's refiner");
    }

    @Test
    void shouldRefuseACheckpointOfAnotherAlpha() throws Exception {
        config = lora("4");
        Checkpoints checkpoints = new Checkpoints(folder.resolve("checkpoints"));
        train(checkpoints, 1);

        try (TrainedPolicy policy = TrainedPolicy.open(lora("5"))) {
            assertThatThrownBy(() -> policy.restore(checkpoints))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(TrainerSettings.LORA_ALPHA.key());
        }
        try (TrainedPolicy policy = TrainedPolicy.open(TinyTrainer.config(folder, Map.of()))) {
            assertThatThrownBy(() -> policy.restore(checkpoints))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("other trained parameters");
        }
    }

    private Config lora(String alpha) {
        return TinyTrainer.config(
                folder, Map.of(TrainerSettings.LORA_RANK.key(), "2", TrainerSettings.LORA_ALPHA.key(), alpha));
    }
}
