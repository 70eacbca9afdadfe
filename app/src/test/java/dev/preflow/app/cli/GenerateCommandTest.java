package dev.preflow.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.preflow.app.TinyPipeline;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GenerateCommandTest {

    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        return PreflowCommand.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(args);
    }

    private String model() {
        return TinyPipeline.save(directory.resolve("model"), 1).toString();
    }

    @Test
    void shouldDrawTheSameImageOfTheSameSeed() throws IOException {
        String model = model();
        Path one = directory.resolve("new/one.png");
        Path again = directory.resolve("again.png");
        Path other = directory.resolve("other.png");

        assertThat(run("generate", "--model", model, "--steps", "3", "a red circle", "--output", one.toString()))
                .as(err.toString())
                .isZero();
        assertThat(out.toString().strip()).isEqualTo(one.toString());
        run("generate", "--model", model, "--steps", "3", "a red circle", "--output", again.toString());
        run("generate", "--model", model, "--steps", "3", "a red circle", "--seed", "2", "--output", other.toString());

        assertThat(ImageIO.read(one.toFile()).getWidth()).isEqualTo(8);
        assertThat(again).hasSameBinaryContentAs(one);
        assertThat(Files.mismatch(one, other)).isNotNegative();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ddim", "ddpm", "pndm", "euler", "euler_a", "dpm"})
    void shouldDrawByEverySampler(String scheduler) {
        Path file = directory.resolve("x.png");

        assertThat(run("generate", "--model", model(), "--scheduler", scheduler, "red", "--output", file.toString()))
                .as(err.toString())
                .isZero();

        assertThat(file).isRegularFile();
    }

    @Test
    void shouldNumberSeveralImages() {
        Path file = directory.resolve("x.png");

        run("generate", "--model", model(), "--count", "2", "red", "--output", file.toString());

        assertThat(directory.resolve("x-1.png")).isRegularFile();
        assertThat(directory.resolve("x-2.png")).isRegularFile();
        assertThat(file).doesNotExist();
    }

    @Test
    void shouldSayWhatIsWrong() {
        assertThat(run("generate", "--model", directory.toString(), "red", "--output", "x.png"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("There is no model_index.json in " + directory);
        assertThat(run("generate", "--steps", "0", "red", "--output", "x.png")).isEqualTo(2);
        assertThat(err.toString()).contains("steps = 0");
        assertThat(run("generate", "--count", "0", "red", "--output", "x.png")).isEqualTo(2);
    }
}
