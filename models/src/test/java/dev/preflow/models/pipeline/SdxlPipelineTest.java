package dev.preflow.models.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.image.RgbImage;
import dev.preflow.models.scheduler.DdimRun;
import dev.preflow.models.scheduler.DdimScheduler;
import dev.preflow.models.tensor.Autograd;
import dev.preflow.models.tensor.Noise;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.Precision;
import dev.preflow.models.tensor.TestDevice;
import dev.preflow.models.unet.Conditioning;
import dev.preflow.models.unet.MicroConditioning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SdxlPipelineTest {

    private final NDManager manager = TestDevice.newManager();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        manager.close();
    }

    private DiffusionPipeline pipeline() {
        return TinyPipeline.create(manager, TinyPipeline.sdxl(), 1);
    }

    @Test
    void shouldSaveWhatItDraws() throws IOException {
        GenerationRequest request = GenerationRequest.of("a red circle", 5, 4, 3);
        RgbImage image;
        try (DiffusionPipeline pipeline = pipeline()) {
            pipeline.save(folder);
            image = pipeline.generate(List.of(request), false).get(0).image();
        }
        assertThat(folder.resolve("model_index.json"))
                .content()
                .contains("StableDiffusionXLPipeline", "CLIPTextModelWithProjection", "tokenizer_2");
        try (DiffusionPipeline loaded = DiffusionPipeline.load(folder, "loaded", Precision.FLOAT32, manager)) {
            assertThat(loaded.generate(List.of(request), false).get(0).image()).isEqualTo(image);
            assertThat(loaded.models().unet().config())
                    .isEqualTo(TinyPipeline.sdxl().unet().config());
            assertThat(loaded.models().prompts().forceZerosForEmptyPrompt()).isTrue();
        }
        Path index = folder.resolve("model_index.json");
        Files.writeString(index, Files.readString(index).replace("XLPipeline", "XLInpaintPipeline"));
        assertThatThrownBy(() -> DiffusionPipeline.load(folder, "loaded", Precision.FLOAT32, manager))
                .hasMessageContaining(index.toString())
                .hasMessageContaining("StableDiffusionXLInpaintPipeline");
    }

    @Test
    void shouldTellAnAbsentNegativePromptFromAnEmptyOne() {
        try (DiffusionPipeline pipeline = pipeline()) {
            GenerationRequest absent = GenerationRequest.of("a red circle", 5, 4, 3);
            GenerationRequest empty = new GenerationRequest("a red circle", "", 5, 4, 3, 0, 0);
            List<GeneratedImage> drawn = pipeline.generate(List.of(absent, empty), false);
            assertThat(drawn.get(0).image()).isNotEqualTo(drawn.get(1).image());
        }
    }

    @Test
    void shouldConditionOnTheSizesAndThePooledText() {
        try (DiffusionPipeline pipeline = pipeline();
                PolicyLease lease = pipeline.borrow();
                Autograd off = Autograd.disabled()) {
            PipelineModels models = pipeline.models();
            NDArray latents = Noise.normal(manager, 1, new Shape(1, 4, 4, 4));
            NDArray square = output(models, lease.parameters(), latents, MicroConditioning.of(8, 8));
            NDArray cropped = output(models, lease.parameters(), latents, new MicroConditioning(8, 8, 0, 3, 8, 8));
            assertThat(cropped.sub(square).abs().max().getFloat()).isGreaterThan(1e-4f);

            Conditioning text = models.encodePrompts(lease.parameters(), manager, List.of("a red circle"));
            assertThat(Objects.requireNonNull(text.addition()).timeIds()).containsExactly(8, 8, 0, 0, 8, 8);
            assertThatThrownBy(() ->
                            models.predict(lease.parameters(), latents, new int[] {1}, Conditioning.of(text.states())))
                    .hasMessageContaining("text_time");
        }
    }

    private NDArray output(PipelineModels models, Parameters policy, NDArray latents, MicroConditioning sizes) {
        return models.predict(
                policy,
                latents,
                new int[] {500},
                models.encodePrompts(policy, manager, List.of("a red circle"), sizes));
    }

    @Test
    void shouldRecordATrajectoryWhoseRatioIsOne() {
        try (DiffusionPipeline pipeline = pipeline();
                PolicyLease lease = pipeline.borrow()) {
            GenerationRequest request = new GenerationRequest("a blue square", null, 3, 1, 4, 3, 0.7);
            Trajectory trajectory = Objects.requireNonNull(
                    pipeline.generate(List.of(request), true).get(0).trajectory());
            Parameters policy = lease.parameters();
            policy.trainable(name -> true);
            DdimRun run = new DdimScheduler(pipeline.models().scheduler()).run(4, 3, 0.7);
            try (Autograd on = Autograd.enabled()) {
                Conditioning text = pipeline.models().encodePrompts(policy, manager, List.of(request.prompt()));
                NDArray before = manager.create(trajectory.latents()[1], new Shape(1, 4, 4, 4));
                NDArray after = manager.create(trajectory.latents()[2], new Shape(1, 4, 4, 4));
                NDArray output = pipeline.models()
                        .predict(policy, before, new int[] {trajectory.timesteps()[1]}, text);
                NDArray log = run.distribution(new int[] {1}, output, before).logProbability(after);
                assertThat(log.getFloat() - trajectory.logProbabilities()[1]).isBetween(-1e-5f, 1e-5f);
                Autograd.backward(log.sum());
            }
            for (String reached : List.of(
                    "unet.add_embedding.linear_1.weight",
                    "unet.down_blocks.1.attentions.0.transformer_blocks.2.attn2.to_v.weight",
                    "text_encoder.text_model.encoder.layers.0.mlp.fc1.weight",
                    "text_encoder_2.text_projection.weight")) {
                assertThat(policy.get(reached).getGradient().abs().sum().getFloat())
                        .as(reached)
                        .isPositive();
            }
        }
    }

    @Test
    void shouldRefusePartsThatDoNotFit() {
        PipelineModels sdxl = TinyPipeline.sdxl();
        PipelineModels sd = TinyPipeline.models("DDIMScheduler");
        assertThatThrownBy(() -> new PipelineModels(sdxl.unet(), sd.prompts(), sdxl.vae(), sdxl.scheduler()))
                .hasMessageContaining("cross_attention_dim");
        assertThatThrownBy(() -> new PromptEncoder(
                        Arrays.asList(
                                sdxl.prompts().texts().get(1),
                                sdxl.prompts().texts().get(0)),
                        true))
                .hasMessageContaining("CLIPTextModelWithProjection");
    }
}
