package dev.preflow.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.preflow.app.TinyPipeline;
import dev.preflow.models.image.RgbImage;
import dev.preflow.models.pipeline.Framing;
import dev.preflow.models.pipeline.GeneratedImage;
import dev.preflow.models.pipeline.GenerationRequest;
import dev.preflow.models.pipeline.ImageSize;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class FramingOptionsTest extends CommandTest {

    @TempDir
    Path directory;

    private static Framing framing(String... args) {
        return CommandLine.populateCommand(new FramingOptions(), args).framing();
    }

    @Test
    void shouldReadWidthBeforeHeightAndLeftBeforeAbove() {
        assertThat(framing("--original-size", "640x480", "--crop", "5,3", "--target-size", "32x40"))
                .isEqualTo(new Framing(new ImageSize(640, 480), 3, 5, new ImageSize(32, 40)));
        assertThat(framing("--crop", "5,3")).isEqualTo(new Framing(null, 3, 5, null));
        assertThat(framing()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--original-size=640", "--crop=3", "--crop=-1,0", "--target-size=640,480"})
    void shouldSayInWhichFormItIsGiven(String option) {
        assertThat(run("generate", option, "red", "--output", "x.png")).isEqualTo(ExitCodes.USAGE);
        assertThat(err.toString()).contains(option.substring(option.indexOf('=') + 1), "give ");
    }

    @Test
    void shouldBeWrittenIntoTheFile() {
        GenerationRequest request =
                GenerationRequest.of("red", 1, 3, 4).framed(framing("--original-size", "640x480", "--crop", "5,3"));
        GeneratedImage drawn = new GeneratedImage(request, RgbImage.ofUnit(1, 1, new float[3]), "base", null);

        assertThat(ImageParameters.of(drawn, "DDIM", "model", List.of()))
                .contains("Model: model, Original size: 640x480, Crop: 5x3, Version");
    }

    @Test
    void shouldRefuseAModelThatIsToldOfNoFraming() {
        String model = TinyPipeline.save(directory.resolve("model"), 1).toString();
        String output = directory.resolve("x.png").toString();

        assertThat(run("generate", "--model", model, "--crop", "0,8", "red", "--output", output))
                .isEqualTo(ExitCodes.FAILURE);
        assertThat(err.toString()).contains("Only SDXL is told");
        assertThat(directory.resolve("x.png")).doesNotExist();
    }
}
