package dev.preflow.models.unet;

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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UNet2DConditionModelTest {

    private static final double[] TIMESTEPS = {999, 3};

    private final NDManager manager = TestDevice.newManager();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        manager.close();
    }

    private static UNetConfig tiny(boolean linear) {
        return new UNetConfig(
                4,
                3,
                3,
                List.of("DownBlock2D", "CrossAttnDownBlock2D"),
                List.of("CrossAttnUpBlock2D", "UpBlock2D"),
                List.of(4, 8),
                1,
                List.of(2),
                null,
                6,
                2,
                null,
                linear,
                null,
                0,
                null,
                null,
                null,
                null);
    }

    private Parameters init(UNet2DConditionModel model) {
        Parameters parameters = new Parameters(manager);
        model.init(parameters.root(), 11);
        return parameters;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldHaveTheGradientsOfItsParameters(boolean linear) {
        UNet2DConditionModel model = new UNet2DConditionModel(tiny(linear));
        Parameters parameters = GradientCheck.variables(init(model));
        NDArray latents = GradientCheck.variable(manager, 1, 2, 3, 4, 4);
        NDArray context = GradientCheck.variable(manager, 2, 2, 5, 6);
        parameters.add("latents", latents);
        parameters.add("context", context);
        GradientCheck.check(
                parameters, () -> model.forward(parameters.root(), latents, TIMESTEPS, Conditioning.of(context))
                        .square()
                        .sum());
    }

    @Test
    void shouldHaveTheNamesAndShapesOfDiffusers() {
        Parameters parameters = init(new UNet2DConditionModel(tiny(false)));
        assertThat(parameters.names())
                .contains(
                        "conv_in.weight",
                        "time_embedding.linear_1.bias",
                        "down_blocks.0.resnets.0.time_emb_proj.weight",
                        "down_blocks.0.downsamplers.0.conv.weight",
                        "down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k.weight",
                        "down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_out.0.bias",
                        "down_blocks.1.attentions.0.transformer_blocks.0.ff.net.0.proj.weight",
                        "mid_block.attentions.0.proj_in.weight",
                        "mid_block.resnets.1.conv2.bias",
                        "up_blocks.0.resnets.1.conv_shortcut.weight",
                        "up_blocks.0.upsamplers.0.conv.bias",
                        "conv_norm_out.weight",
                        "conv_out.bias")
                .doesNotContain(
                        "down_blocks.1.downsamplers.0.conv.weight",
                        "up_blocks.1.upsamplers.0.conv.weight",
                        "down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q.bias");
        // diffusers' rule: the last layer of an up block meets the finer level's channels
        assertThat(parameters.get("up_blocks.0.resnets.0.conv1.weight").getShape())
                .isEqualTo(new Shape(8, 16, 3, 3));
        assertThat(parameters.get("up_blocks.0.resnets.1.conv1.weight").getShape())
                .isEqualTo(new Shape(8, 12, 3, 3));
        assertThat(parameters.get("up_blocks.1.resnets.0.conv1.weight").getShape())
                .isEqualTo(new Shape(4, 12, 3, 3));
        assertThat(parameters.get("down_blocks.1.attentions.0.proj_in.weight").getShape())
                .isEqualTo(new Shape(8, 8, 1, 1));
    }

    @Test
    void shouldDeriveTheBlocksOfStableDiffusion() throws IOException {
        UNetConfig config = UNetConfig.read(write(STABLE_DIFFUSION));
        UNetBlocks blocks = new UNetBlocks(config);
        assertThat(blocks.down()).hasSize(4);
        assertThat(blocks.down().get(0).stages()).hasSize(2);
        assertThat(blocks.up().get(1).stages().get(0).resnet().in()).isEqualTo(2560);
        assertThat(blocks.up().get(1).stages().get(2).resnet().in()).isEqualTo(1920);
        assertThat(blocks.up().get(3).stages().get(2).resnet().in()).isEqualTo(640);
        assertThat(blocks.up().get(0).stages().get(0).transformer()).isNull();
        assertThat(blocks.up().get(3).stages().get(0).transformer()).isNotNull();
    }

    @Test
    void shouldKeepOddSizes() {
        UNet2DConditionModel model = new UNet2DConditionModel(tiny(false));
        Parameters parameters = init(model);
        try (Autograd off = Autograd.disabled()) {
            NDArray latents = Noise.normal(manager, 1, new Shape(2, 3, 5, 7));
            NDArray out = model.forward(
                    parameters.root(),
                    latents,
                    TIMESTEPS,
                    Conditioning.of(Noise.normal(manager, 2, new Shape(2, 5, 6))));
            assertThat(out.getShape()).isEqualTo(latents.getShape());
        }
    }

    @Test
    void shouldLeaveNothingInTheContextsManager() {
        UNet2DConditionModel model = new UNet2DConditionModel(tiny(false));
        Parameters parameters = init(model);
        NDArray context = Noise.normal(manager, 2, new Shape(2, 5, 6));
        int before = manager.getManagedArrays().size();
        try (NDManager step = manager.newSubManager();
                Autograd off = Autograd.disabled()) {
            model.forward(
                    parameters.root(),
                    Noise.normal(step, 1, new Shape(2, 3, 4, 4)),
                    TIMESTEPS,
                    Conditioning.of(context));
        }
        assertThat(manager.getManagedArrays()).hasSize(before);
    }

    @Test
    void shouldReadWhatItWrote() {
        Path file = folder.resolve("config.json");
        tiny(true).write(file);
        assertThat(UNetConfig.read(file)).isEqualTo(tiny(true));
        assertThat(file)
                .content()
                .matches("(?s)\\{\\s+\"_class_name\" : \"UNet2DConditionModel\",\\s+\"_diffusers_version\" .*")
                .contains("\"norm_num_groups\" : 2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"act_fn\": \"gelu\"",
                "\"addition_embed_type\": \"text\"",
                "\"transformer_layers_per_block\": [1, 2]",
                "\"cross_attention_dim\": [768, 1024, 768, 768]",
                "\"_class_name\": \"UNet2DModel\"",
                "\"down_block_types\": [\"AttnDownBlock2D\", \"DownBlock2D\", \"DownBlock2D\", \"DownBlock2D\"]",
                "\"attention_head_dim\": [1, 2]",
                "\"sample_size\": null",
            })
    void shouldRefuseByNameWhatItDoesNotImplement(String option) throws IOException {
        String name = option.split("\"")[1];
        String others = STABLE_DIFFUSION.replaceFirst("\"" + name + "\":\\s*(\\[.*]|\\d+),", "");
        Path file = write(others.replaceFirst("\\{", "{" + option + ","));
        assertThatThrownBy(() -> UNetConfig.read(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(name);
    }

    private Path write(String json) throws IOException {
        return Files.writeString(folder.resolve("config.json"), json);
    }

    private static final String STABLE_DIFFUSION = """
            {
              "_diffusers_version": "0.6.0",
              "attention_head_dim": 8,
              "block_out_channels": [320, 640, 1280, 1280],
              "center_input_sample": false,
              "cross_attention_dim": 768,
              "down_block_types":
                ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
              "downsample_padding": 1,
              "flip_sin_to_cos": true,
              "freq_shift": 0,
              "in_channels": 4,
              "layers_per_block": 2,
              "norm_eps": 1e-05,
              "norm_num_groups": 32,
              "out_channels": 4,
              "sample_size": 64,
              "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"]
            }
            """;
}
