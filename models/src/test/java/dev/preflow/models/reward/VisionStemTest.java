package dev.preflow.models.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import dev.preflow.models.image.RgbImage;
import dev.preflow.models.tensor.Noise;
import dev.preflow.models.tensor.TestDevice;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Convolutions before the patches, which BLIP has not and the demo's VP-Score has. */
class VisionStemTest {
    private static VpScoreConfig config(int patchSize, List<Integer> stem) {
        int words = Tiny.tokenizer().vocabularySize();
        return new VpScoreConfig(
                Tiny.SIDE, patchSize, stem, 32, 2, 2, words, 32, 2, 2, 16, 12, List.of(32, 1), List.of(), 0, 1);
    }

    @Test
    void shouldLearnThroughItAndReadWhatItWrites(@TempDir Path folder) throws Exception {
        try (NDManager manager = TestDevice.newManager()) {
            VpScore model = VpScore.create(config(8, List.of(8, 16)), Tiny.tokenizer(), manager, 7);
            assertThat(model.parameters().names())
                    .contains(
                            "blip.visual_encoder.patch_embed.stem.0.conv.weight",
                            "blip.visual_encoder.patch_embed.stem.1.norm.bias",
                            "blip.visual_encoder.patch_embed.stem.1.resnet.conv2.weight");
            // what is left of a patch of 8 after halving twice
            assertThat(model.parameters()
                            .get("blip.visual_encoder.patch_embed.proj.weight")
                            .getShape()
                            .getShape())
                    .containsExactly(32, 16, 2, 2);
            float[] before = model.parameters()
                    .get("blip.visual_encoder.patch_embed.stem.0.conv.weight")
                    .toFloatArray();
            try (VpScoreTrainer trainer = new VpScoreTrainer(model, VpScoreTrainer.Settings.fromScratch(1e-3))) {
                for (int i = 0; i < 3; i++) {
                    trainer.step(Tiny.pairs(8, i));
                }
                assertThat(model.parameters()
                                .get("blip.visual_encoder.patch_embed.stem.0.conv.weight")
                                .toFloatArray())
                        .isNotEqualTo(before);
                VpScore learnt = trainer.snapshot(manager);
                learnt.save(folder);
                List<RgbImage> images = List.of(Tiny.image(0, Noise.generator(3)));
                assertThat(VpScore.load(folder, manager).score(images, List.of("red")))
                        .isEqualTo(learnt.score(images, List.of("red")));
            }
        }
    }

    @Test
    void shouldBeAbsentWhereAConfigDoesNotSay(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("config.json");
        config(8, List.of()).write(file);
        Files.writeString(file, Files.readString(file).replaceAll("\"vision_stem\".*", ""));

        assertThat(VpScoreConfig.read(file).visionStem()).isEmpty();
    }

    @Test
    void shouldRefuseWhatDoesNotFitAPatch() {
        assertThatThrownBy(() -> config(2, List.of(8, 16)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("vision_stem");
        assertThatThrownBy(() -> config(8, List.of(12)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("multiples of 8");
    }
}
