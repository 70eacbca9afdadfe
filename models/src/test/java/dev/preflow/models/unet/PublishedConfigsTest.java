package dev.preflow.models.unet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.preflow.models.text.ClipTextConfig;
import dev.preflow.models.vae.VaeConfig;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The configs that Stable Diffusion 1.5, 2.1, SDXL and SDXL's refiner are published with. */
class PublishedConfigsTest {

    @TempDir
    private Path folder;

    private static Path published(String name) {
        try {
            return Path.of(Objects.requireNonNull(PublishedConfigsTest.class.getResource("/published/" + name))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sd15", "sd21", "sdxl", "sdxl-refiner"})
    void shouldReadAndWriteEveryUNet(String family) {
        UNetConfig config = UNetConfig.read(published(family + "/unet.json"));
        Path copy = folder.resolve("config.json");
        config.write(copy);
        assertThat(UNetConfig.read(copy)).isEqualTo(config);
        assertThat(new UNet2DConditionModel(config).config()).isEqualTo(config);
    }

    @Test
    void shouldDeriveTheBlocksOfSdxl() {
        UNetBlocks blocks = new UNetBlocks(UNetConfig.read(published("sdxl/unet.json")));
        assertThat(blocks.down()).hasSize(3);
        assertThat(blocks.down().get(0).stages()).hasSize(2).allMatch(stage -> stage.transformer() == null);
        SpatialTransformer deep =
                Objects.requireNonNull(blocks.down().get(2).stages().get(1).transformer());
        assertThat(deep).isEqualTo(new SpatialTransformer(1280, 2048, 20, 32, 10, true));
        assertThat(blocks.mid().transformer()).isEqualTo(deep);
        // from the coarsest level: what comes from below beside what comes from the way down
        assertThat(blocks.up().get(0).stages())
                .extracting(stage -> stage.resnet().in())
                .containsExactly(2560, 2560, 1920);
        assertThat(blocks.up().get(0).stages())
                .allSatisfy(stage -> assertThat(stage.transformer()).isEqualTo(deep));
        assertThat(blocks.up().get(1).stages()).allSatisfy(stage -> assertThat(stage.transformer())
                .isEqualTo(new SpatialTransformer(640, 2048, 10, 32, 2, true)));
        assertThat(blocks.up().get(2).stages()).allMatch(stage -> stage.transformer() == null);
    }

    @Test
    void shouldReadTheHeadsOfStableDiffusion2() {
        UNetConfig config = UNetConfig.read(published("sd21/unet.json"));
        assertThat(config.upcastAttention()).isTrue();
        assertThat(config.transformerLayersPerBlock()).isEqualTo(List.of(1, 1, 1, 1));
        assertThat(new UNetBlocks(config).mid().transformer())
                .isEqualTo(new SpatialTransformer(1280, 1024, 20, 32, 1, true));
    }

    @ParameterizedTest
    @CsvSource({
        "sd15/text_encoder.json, 12, quick_gelu, false",
        "sd21/text_encoder.json, 23, gelu, false",
        "sdxl/text_encoder.json, 12, quick_gelu, false",
        "sdxl/text_encoder_2.json, 32, gelu, true"
    })
    void shouldReadEveryTextEncoder(String file, int layers, String activation, boolean projects) {
        ClipTextConfig config = ClipTextConfig.read(published(file));
        assertThat(config.numHiddenLayers()).isEqualTo(layers);
        assertThat(config.hiddenAct()).isEqualTo(activation);
        assertThat(config.projects()).isEqualTo(projects);
        assertThat(config.eosTokenId()).isEqualTo(2);
        Path copy = folder.resolve("config.json");
        config.write(copy);
        assertThat(copy).content().contains("\"eos_token_id\" : 2", config.className());
        assertThat(ClipTextConfig.read(copy)).isEqualTo(config);
    }

    @ParameterizedTest
    @CsvSource({"sd15, 0.18215", "sd21, 0.18215", "sdxl, 0.13025"})
    void shouldReadEveryAutoencoder(String family, double scalingFactor) throws Exception {
        VaeConfig config = VaeConfig.read(published(family + "/vae.json"));
        assertThat(config.scalingFactor()).isEqualTo(scalingFactor);
        assertThat(config.downsampling()).isEqualTo(8);
        assertThat(config.forceUpcast()).isTrue();
        Path copy = folder.resolve("config.json");
        config.write(copy);
        assertThat(VaeConfig.read(copy)).isEqualTo(config);
        // Python writes the neutral value as a whole number, too
        Files.writeString(copy, Files.readString(copy).replaceFirst("\\{", "{\"shift_factor\": 0,"));
        assertThat(VaeConfig.read(copy)).isEqualTo(config);
    }
}
