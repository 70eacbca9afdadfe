package dev.preflow.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import dev.preflow.models.reference.Reference;
import dev.preflow.models.scheduler.PredictionType;
import dev.preflow.models.text.ClipTextConfig;
import dev.preflow.models.text.ClipTextEncoder;
import dev.preflow.models.unet.UNet2DConditionModel;
import dev.preflow.models.unet.UNetConfig;
import dev.preflow.models.vae.AutoencoderKL;
import dev.preflow.models.vae.VaeConfig;
import dev.preflow.models.weights.WeightsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Single files of the sizes in which Stable Diffusion is published. */
class LdmCheckpointTest {

    @TempDir
    private Path folder;

    private LdmCheckpoint open(Map<String, Shape> shapes, Map<String, String> metadata) throws IOException {
        return LdmCheckpoint.open(SparseFile.write(folder.resolve("model.safetensors"), shapes, metadata));
    }

    @ParameterizedTest
    @EnumSource
    void shouldTellFamilyAndConfigsOfPublishedFiles(Family family) throws IOException {
        String name = family.name().toLowerCase(Locale.ROOT);
        Path configs = Reference.folder("checkpoints").resolve(name);
        List<String> texts =
                family == Family.SDXL ? List.of("text_encoder", "text_encoder_2") : List.of("text_encoder");
        Map<String, Shape> expected = new TreeMap<>();
        try (LdmCheckpoint checkpoint = open(SparseFile.published(name), Map.of())) {
            assertThat(checkpoint.family()).isEqualTo(family);
            assertThat(checkpoint.unet()).isEqualTo(UNetConfig.read(configs.resolve("unet/config.json")));
            assertThat(checkpoint.vae()).isEqualTo(VaeConfig.read(configs.resolve("vae/config.json")));
            new UNet2DConditionModel(checkpoint.unet()).shapes().forEach((n, s) -> expected.put("unet." + n, s));
            new AutoencoderKL(checkpoint.vae()).shapes().forEach((n, s) -> expected.put("vae." + n, s));
            for (String text : texts) {
                ClipTextConfig config = checkpoint.text(text);
                assertThat(config)
                        .usingRecursiveComparison()
                        .ignoringFields("eosTokenId", "projectionDim")
                        .isEqualTo(ClipTextConfig.read(configs.resolve(text).resolve("config.json")));
                new ClipTextEncoder(config).shapes().forEach((n, s) -> expected.put(text + "." + n, s));
            }
            // every tensor of the networks is there in its shape, and nothing else
            checkpoint.tensors().require(expected);
        }
    }

    @Test
    void shouldReadThePredictionFromMetadata() throws IOException {
        Map<String, Shape> shapes = SparseFile.published("sd2");
        try (LdmCheckpoint velocity = open(shapes, Map.of());
                LdmCheckpoint noise = open(shapes, Map.of("modelspec.prediction_type", "epsilon"))) {
            assertThat(velocity.scheduler().predictionType()).isEqualTo(PredictionType.V_PREDICTION);
            assertThat(velocity.unet().sampleSize()).isEqualTo(96);
            assertThat(noise.scheduler().predictionType()).isEqualTo(PredictionType.EPSILON);
            assertThat(noise.unet().sampleSize()).isEqualTo(64);
        }
        try (LdmCheckpoint noise = open(shapes, Map.of("modelspec.predict_key", "epsilon"))) {
            assertThat(noise.scheduler().predictionType()).isEqualTo(PredictionType.EPSILON);
        }
        Map<String, Shape> marked = SparseFile.published("sdxl");
        marked.put("v_pred", new Shape(0));
        try (LdmCheckpoint velocity = open(marked, Map.of())) {
            assertThat(velocity.scheduler().predictionType()).isEqualTo(PredictionType.V_PREDICTION);
        }
    }

    @Test
    void shouldSayWhatIsNotSupported() throws IOException {
        Map<String, Shape> refiner = SparseFile.published("sdxl");
        Map<String, Shape> moved = new TreeMap<>();
        refiner.forEach((name, shape) -> {
            if (!name.startsWith(LdmLayout.CLIP_XL)) {
                moved.put(name.replace("embedders.1.model", "embedders.0.model"), shape);
            }
        });
        assertThatThrownBy(() -> open(moved, Map.of()))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("model.safetensors")
                .hasMessageContaining("refiner");
        Map<String, Shape> mute = SparseFile.published("sd1");
        mute.keySet().removeIf(name -> name.startsWith(LdmLayout.CLIP));
        assertThatThrownBy(() -> open(mute, Map.of())).hasMessageContaining("no text encoder");
        Map<String, Shape> preconditioned = SparseFile.published("sdxl");
        preconditioned.put("edm_mean", new Shape(4));
        assertThatThrownBy(() -> open(preconditioned, Map.of())).hasMessageContaining("EDM's preconditioning");
        assertThatThrownBy(() -> open(Map.of("double_blocks.0.weight", new Shape(1)), Map.of()))
                .hasMessageContaining("no Stable Diffusion 1.x, 2.x or XL in one file");
        Files.deleteIfExists(folder.resolve("model.safetensors"));
    }
}
