package dev.preflow.models.vae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.tensor.Autograd;
import dev.preflow.models.tensor.GradientCheck;
import dev.preflow.models.tensor.Noise;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.TestDevice;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AutoencoderKLTest {

    private static final VaeConfig TINY = VaeConfig.of(8, List.of(4, 6), 1, 2, 2);

    private final NDManager manager = TestDevice.newManager();
    private final AutoencoderKL vae = new AutoencoderKL(TINY);
    private final Parameters parameters = new Parameters(manager);

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void shouldHaveTheGradientsOfItsParameters() {
        vae.init(parameters.root(), 3);
        Parameters doubles = GradientCheck.variables(parameters);
        NDArray images = GradientCheck.variable(manager, 1, 2, 3, 8, 8);
        doubles.add("images", images);
        NDArray noise = GradientCheck.variable(manager, 2, 2, 2, 4, 4);
        noise.setRequiresGradient(false);
        GradientCheck.check(doubles, () -> {
            LatentDistribution latents = vae.encode(doubles.root(), images);
            NDArray error = vae.decode(doubles.root(), latents.sample(noise)).sub(images);
            return error.square().sum().add(latents.divergence());
        });
    }

    @Test
    void shouldDownsampleAndRestoreTheSize() {
        vae.init(parameters.root(), 3);
        try (Autograd off = Autograd.disabled()) {
            NDArray images = Noise.normal(manager, 1, new Shape(1, 3, 12, 8));
            LatentDistribution latents = vae.encode(parameters.root(), images);
            assertThat(TINY.downsampling()).isEqualTo(2);
            assertThat(latents.mean().getShape()).isEqualTo(new Shape(1, 2, 6, 4));
            assertThat(vae.decode(parameters.root(), latents.mean()).getShape()).isEqualTo(images.getShape());
        }
    }

    @Test
    void shouldHaveTheNamesOfDiffusers() {
        vae.init(parameters.root(), 3);
        assertThat(parameters.names())
                .contains(
                        "encoder.conv_in.weight",
                        "encoder.down_blocks.0.resnets.0.norm1.weight",
                        "encoder.down_blocks.0.downsamplers.0.conv.bias",
                        "encoder.mid_block.attentions.0.to_out.0.weight",
                        "encoder.mid_block.attentions.0.group_norm.bias",
                        "encoder.conv_norm_out.weight",
                        "decoder.up_blocks.1.resnets.0.conv_shortcut.weight",
                        "decoder.up_blocks.0.upsamplers.0.conv.weight",
                        "decoder.up_blocks.1.resnets.1.conv2.weight",
                        "quant_conv.weight",
                        "post_quant_conv.bias")
                .doesNotContain(
                        "encoder.down_blocks.1.downsamplers.0.conv.bias", "encoder.conv_in.time_emb_proj.weight");
        assertThat(parameters.get("encoder.conv_out.weight").getShape()).isEqualTo(new Shape(4, 6, 3, 3));
    }

    @Test
    void shouldLeaveOutTheMiddleAttention() {
        new AutoencoderKL(TINY.withMidAttention(false)).init(parameters.root(), 3);
        assertThat(parameters.names()).noneMatch(name -> name.contains("attentions"));
    }

    @Test
    void shouldReadWhatItWrote() throws Exception {
        Path file = folder.resolve("config.json");
        VaeConfig config = TINY.withScalingFactor(0.9).withMidAttention(false);
        config.write(file);
        assertThat(VaeConfig.read(file)).isEqualTo(config);
        Files.writeString(file, Files.readString(file).replaceFirst("UpDecoderBlock2D", "AttnUpDecoderBlock2D"));
        assertThatThrownBy(() -> VaeConfig.read(file)).hasMessageContaining("AttnUpDecoderBlock2D");
    }
}
