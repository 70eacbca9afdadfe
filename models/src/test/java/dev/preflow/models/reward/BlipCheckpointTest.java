package dev.preflow.models.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.image.RgbImage;
import dev.preflow.models.reference.Reference;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.TestDevice;
import dev.preflow.models.weights.SafetensorsReader;
import dev.preflow.models.weights.SafetensorsWriter;
import dev.preflow.models.weights.WeightsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ImageReward's and BLIP's published files. */
class BlipCheckpointTest {
    private static final Path PUBLISHED = Reference.folder("imagereward");

    private final NDManager manager = TestDevice.newManager();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        manager.close();
    }

    private Path beside(String config) throws IOException {
        Files.copy(PUBLISHED.resolve("vocab.txt"), folder.resolve("vocab.txt"));
        Files.writeString(folder.resolve("config.json"), config);
        return folder;
    }

    private static String config() throws IOException {
        return Files.readString(PUBLISHED.resolve("config.json"));
    }

    @Test
    void shouldStartLearningFromBlip() throws IOException {
        Path file = beside(config()).resolve("model_base.pth");
        Files.copy(Reference.folder("checkpoints").resolve("model_base.pth"), file);
        Parameters whole = SafetensorsReader.readAll(PUBLISHED.resolve("model.safetensors"), manager);

        assertThatThrownBy(() -> VpScore.load(file, manager))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("no head");
        try (VpScore start = VpScore.start(file, manager, 1);
                VpScore same = VpScore.start(file, manager, 1)) {
            assertThat(start.parameters().names()).isEqualTo(whole.names());
            String block = "blip.visual_encoder.blocks.1.mlp.fc1.weight";
            assertThat(Reference.difference(start.parameters().get(block), whole.get(block)))
                    .isLessThan(1e-3);
            assertThat(start.parameters().get("mlp.layers.0.weight"))
                    .isEqualTo(same.parameters().get("mlp.layers.0.weight"))
                    .isNotEqualTo(whole.get("mlp.layers.0.weight"));
        }
    }

    @Test
    void shouldTellThePublishedSizesFromShapes() {
        Map<String, Shape> shapes = VpScore.shapes(VpScoreConfig.imageReward());

        assertThat(BlipCheckpoint.config(Path.of("ImageReward.pt"), shapes)).isEqualTo(VpScoreConfig.imageReward());
        shapes.keySet().removeIf(name -> name.startsWith("mlp."));
        assertThat(BlipCheckpoint.config(Path.of("model_large.pth"), shapes))
                .isEqualTo(VpScoreConfig.imageReward().withScale(0, 1));
        assertThat(shapes.values().stream().mapToLong(Shape::size).sum()).isBetween(440_000_000L, 450_000_000L);
    }

    @Test
    void shouldResizePositionsAsBlipDoes() throws IOException {
        Parameters expected =
                SafetensorsReader.readAll(Reference.folder("checkpoints").resolve("positions.safetensors"), manager);
        NDArray finer = BlipOps.resizePositions(expected.get("table"), 3, 5);
        assertThat(Reference.difference(finer, expected.get("finer"))).isLessThan(1e-5);

        Path file = beside(config().replace("\"image_size\": 32", "\"image_size\": 48"))
                .resolve("ImageReward.pt");
        Files.copy(PUBLISHED.resolve("ImageReward.pt"), file);
        try (VpScore larger = VpScore.load(file, manager)) {
            assertThat(larger.parameters().get("blip.visual_encoder.pos_embed").getShape())
                    .isEqualTo(new Shape(1, 37, 48));
            RgbImage image = new RgbImage(48, 48, new byte[3 * 48 * 48]);
            assertThat(larger.score(List.of(image), List.of("black"))).doesNotContain(Float.NaN);
        }
    }

    @Test
    void shouldNameWhatDoesNotFit() throws IOException {
        Parameters weights = SafetensorsReader.readAll(PUBLISHED.resolve("model.safetensors"), manager);
        Map<String, NDArray> damaged = new TreeMap<>(weights.asMap());
        damaged.keySet().removeIf(name -> name.contains("blocks.2."));
        damaged.put("blip.visual_encoder.norm.bias", manager.zeros(new Shape(7)));
        damaged.put("extra", manager.zeros(new Shape(1)));
        Path file = beside(config()).resolve("model.safetensors");
        SafetensorsWriter.write(file, damaged, Map.of());

        assertThatThrownBy(() -> VpScore.load(folder, manager))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("12 missing: blip.visual_encoder.blocks.2.attn.proj.bias (48)")
                .hasMessageContaining("1 of another shape: blip.visual_encoder.norm.bias has (7) instead of (48)")
                .hasMessageContaining("1 not known to the network: extra");
    }

    @Test
    void shouldAskForTheVocabulary() throws IOException {
        Path file = folder.resolve("ImageReward.pt");
        Files.copy(PUBLISHED.resolve("ImageReward.pt"), file);
        Files.writeString(folder.resolve("config.json"), config());

        assertThatThrownBy(() -> VpScore.load(file, manager))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no vocab.txt beside " + file)
                .hasMessageContaining("bert-base-uncased");
    }

    @Test
    void shouldRefuseAnotherArchitecture() throws IOException {
        Path file = folder.resolve("other.safetensors");
        SafetensorsWriter.write(file, Map.of("fc.weight", manager.zeros(new Shape(2, 2))), Map.of());

        assertThatThrownBy(() -> VpScore.load(file, manager))
                .hasMessageContaining(file.toString())
                .hasMessageContaining("it is neither ImageReward, BLIP nor VP-Score");
    }
}
