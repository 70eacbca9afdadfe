package dev.preflow.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On the models that are committed, in every form that is there. */
class InspectCommandTest extends CommandTest {
    private static final Path MODELS = Path.of("../demo/models");
    private static final Path REFERENCE = Path.of("../models/src/test/resources/reference");

    @TempDir
    private Path folder;

    private JsonNode json(Path path) throws IOException {
        assertThat(run("inspect", "--json", path.toString())).as(err.toString()).isZero();
        return new ObjectMapper().readTree(out.toString());
    }

    @Test
    void shouldTellOfTheBase() {
        assertThat(run("inspect", MODELS.resolve("base").toString())).isZero();

        assertThat(out.toString())
                .contains("base: Stable Diffusion 1.x (diffusers directory)")
                .containsPattern("unet +\\d+ +[\\d,]+ +5\\.\\d MB +F16")
                .contains("unet/diffusion_pytorch_model.safetensors")
                .containsPattern("Images of \\d+×\\d+ pixels")
                .contains("Predicts ")
                .contains("LoRA of rank 16");
    }

    @Test
    void shouldCountWhatVpScoreHolds() throws IOException {
        JsonNode found = json(MODELS.resolve("reward"));

        long file = Files.size(MODELS.resolve("reward/model.safetensors"));
        long parameters = found.get("parameters").asLong();
        assertThat(found.get("family").asText()).isEqualTo("VP-Score");
        assertThat(found.get("files").get("model.safetensors").asLong()).isEqualTo(file);
        assertThat(4 * parameters).isBetween(file * 9 / 10, file);
        assertThat(found.get("memory").get("runFloat16").asLong()).isEqualTo(2 * parameters);
        assertThat(found.get("memory").get("trainAll").asLong()).isEqualTo(20 * parameters);
        assertThat(found.get("predictionType").isNull()).isTrue();
    }

    @Test
    void shouldKnowPublishedSingleFiles() throws IOException {
        JsonNode sd2 = json(REFERENCE.resolve("checkpoints/sd2.safetensors"));
        out.getBuffer().setLength(0);
        JsonNode reward = json(REFERENCE.resolve("imagereward/ImageReward.pt"));
        out.getBuffer().setLength(0);
        JsonNode blip = json(REFERENCE.resolve("checkpoints/model_base.pth"));

        assertThat(sd2.get("family").asText()).isEqualTo("Stable Diffusion 2.x");
        assertThat(sd2.get("predictionType").asText()).isEqualTo("v_prediction");
        assertThat(sd2.get("parts").findValuesAsText("name"))
                .containsExactly("unet", "text_encoder", "vae", "not used");
        assertThat(reward.get("family").asText()).isEqualTo("ImageReward");
        assertThat(reward.get("imageSize").asInt()).isEqualTo(32);
        assertThat(blip.get("family").asText()).isEqualTo("BLIP");
        assertThat(blip.get("parts").get(0).get("precisions").has("F16")).isTrue();
    }

    @Test
    void shouldRefuseWhatIsDamagedOrUnknown() throws IOException {
        Path cut = folder.resolve("cut.safetensors");
        byte[] whole = Files.readAllBytes(REFERENCE.resolve("checkpoints/sd1.safetensors"));
        Files.write(cut, Arrays.copyOf(whole, whole.length / 2));

        assertThat(run("inspect", cut.toString())).isEqualTo(1);
        assertThat(err.toString()).contains("preflow: " + cut).contains("truncated");
        assertThat(run(
                        "inspect",
                        REFERENCE.resolve("checkpoints/positions.safetensors").toString()))
                .isEqualTo(1);
        assertThat(err.toString()).contains("[finer, table] are neither");
        assertThat(run("inspect", folder.toString())).isEqualTo(1);
        assertThat(err.toString()).contains("neither a diffusers directory (model_index.json)");
        assertThat(run("inspect", "nowhere")).isEqualTo(1);
        assertThat(err.toString()).contains("no file or directory nowhere");
        assertThat(run("inspect")).isEqualTo(2);
    }
}
