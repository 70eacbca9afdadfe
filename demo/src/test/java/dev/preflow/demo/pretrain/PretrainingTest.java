package dev.preflow.demo.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import dev.preflow.demo.render.DefectRates;
import dev.preflow.demo.render.SceneRenderer;
import dev.preflow.demo.scene.PromptGrammar;
import dev.preflow.models.image.RgbImage;
import dev.preflow.models.pipeline.DiffusionPipeline;
import dev.preflow.models.pipeline.GenerationRequest;
import dev.preflow.models.tensor.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PretrainingTest {
    private static final PretrainPlan TINY = plan(5, 2);
    private static final TrainingLog SILENT = (part, step, steps, loss) -> {};

    @TempDir
    private Path folder;

    private static PretrainPlan plan(long seed, int workers) {
        return new PretrainPlan(seed, 2, 4, 40, 2, 4, workers, DefectRates.MIXTURE, PromptGrammar.Weights.DEFAULT);
    }

    @Test
    void shouldMakeAPipelineThatDraws() {
        List<String> parts = new ArrayList<>();
        PretrainRecord record = new Pretraining(TINY, (part, step, steps, loss) -> {
                    parts.add(part + " " + step + "/" + steps);
                    assertThat(Double.isNaN(loss)).isEqualTo(part.equals("latents"));
                })
                .run(folder);

        assertThat(parts)
                .containsExactly(
                        "autoencoder 0/2",
                        "autoencoder 1/2",
                        "latents 0/2",
                        "latents 1/2",
                        "denoiser 0/2",
                        "denoiser 1/2");
        assertThat(record.parameters()).isBetween(1_000_000L, 6_000_000L);
        assertThat(PretrainRecord.read(folder)).isEqualTo(record);
        assertThat(record.runs()).extracting(PretrainRecord.Run::plan).containsExactly(TINY);
        try (NDManager manager = Torch.newManager();
                DiffusionPipeline pipeline = DiffusionPipeline.load(folder, "base", manager)) {
            RgbImage image = pipeline.generate(List.of(GenerationRequest.of("a red circle", 1, 1, 2)), false)
                    .get(0)
                    .image();
            assertThat(image.width()).isEqualTo(SceneRenderer.SIDE);
            assertThat(image.height()).isEqualTo(SceneRenderer.SIDE);
        }
    }

    @Test
    void shouldMakeTheSameModelOfTheSamePlan() throws IOException {
        Path first = folder.resolve("first");
        Path again = folder.resolve("again");
        Path other = folder.resolve("other");
        new Pretraining(TINY, SILENT).run(first);
        new Pretraining(TINY, SILENT).run(again);
        new Pretraining(plan(6, 2), SILENT).run(other);

        for (String part :
                List.of("unet/diffusion_pytorch_model", "text_encoder/model", "vae/diffusion_pytorch_model")) {
            String file = part + ".safetensors";
            assertThat(again.resolve(file)).hasSameBinaryContentAs(first.resolve(file));
            assertThat(Files.mismatch(other.resolve(file), first.resolve(file))).isNotNegative();
        }
    }

    @Test
    void shouldTrainAModelOnAndLeaveItsAutoencoderAsItIs() throws IOException {
        Path first = folder.resolve("first");
        Path on = folder.resolve("on");
        new Pretraining(TINY, SILENT).run(first);

        PretrainRecord record = new Pretraining(plan(6, 1), SILENT).resume(first, on);

        assertThat(record.runs()).extracting(PretrainRecord.Run::plan).containsExactly(TINY, plan(6, 1));
        String unet = "unet/diffusion_pytorch_model.safetensors";
        String vae = "vae/diffusion_pytorch_model.safetensors";
        assertThat(on.resolve(vae)).hasSameBinaryContentAs(first.resolve(vae));
        assertThat(Files.mismatch(on.resolve(unet), first.resolve(unet))).isNotNegative();
    }

    @Test
    void shouldRefuseAPlanThatCannotBeFollowed() {
        assertThatThrownBy(() -> plan(1, 5)).hasMessageContaining("every worker needs an image");
        assertThatThrownBy(() -> plan(1, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
