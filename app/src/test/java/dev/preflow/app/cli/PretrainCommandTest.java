package dev.preflow.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PretrainCommandTest extends CommandTest {
    @TempDir
    private Path directory;

    @Test
    void shouldMakeAModelAndTellHowItGoesOn() {
        Path output = directory.resolve("base");

        assertThat(run(
                        "pretrain",
                        "--output",
                        output.toString(),
                        "--seed",
                        "7",
                        "--vae-steps",
                        "1",
                        "--vae-batch",
                        "2",
                        "--scenes",
                        "4",
                        "--steps",
                        "1",
                        "--batch",
                        "2",
                        "--defects",
                        "sign=0.4, framing=0",
                        "--workers",
                        "1"))
                .as(err.toString())
                .isZero();

        assertThat(output.resolve("model_index.json")).exists();
        assertThat(output.resolve("pretraining.json"))
                .content()
                .contains("\"seed\" : 7", "\"wrongColour\" : 0.25", "\"sign\" : 0.4", "\"framing\" : 0.0");
        assertThat(out.toString()).contains("parameters, in 0:");
        assertThat(err.toString().lines())
                .anyMatch(line -> line.matches("autoencoder: step 1 of 1, loss \\d+\\.\\d{4}, 0:00 left"))
                .anyMatch(line -> line.matches("latents: step 1 of 1, 0:00 left"))
                .anyMatch(line -> line.startsWith("denoiser: step 1 of 1"));
    }

    @Test
    void shouldNotWriteOverAModel() throws IOException {
        Files.writeString(directory.resolve("model_index.json"), "{}");
        assertThat(run("pretrain", "--output", directory.toString())).isEqualTo(1);
        assertThat(err.toString()).contains("is not empty");
    }

    @Test
    void shouldRefuseAWrongCommandLine() {
        String output = directory.resolve("x").toString();
        assertThat(run("pretrain")).isEqualTo(2);
        assertThat(run("pretrain", "--output", output, "--steps", "0")).isEqualTo(2);
        assertThat(run("pretrain", "--output", output, "--scenes", "3")).isEqualTo(2);
        assertThat(run("pretrain", "--output", output, "--defects", "many")).isEqualTo(2);
        assertThat(run("pretrain", "--output", output, "--defects", "9")).isEqualTo(2);
        assertThat(run("pretrain", "--output", output, "--defects", "hue=0.1")).isEqualTo(2);
        assertThat(run("pretrain", "--output", output, "--from", "nowhere")).isEqualTo(1);
        assertThat(err.toString())
                .contains("--output", "at least 1", "3 scenes", "in nowhere: --from takes")
                .contains("'many' is neither", "from 0 to 1, not 2.25", "framing, not [hue]");
    }
}
