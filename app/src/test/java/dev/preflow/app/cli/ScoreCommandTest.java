package dev.preflow.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.preflow.app.TinyReward;
import dev.preflow.models.tensor.Torch;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScoreCommandTest extends CommandTest {

    @TempDir
    Path directory;

    private Path image(String name, int colour) throws IOException {
        var image = new BufferedImage(20, 10, BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, 20, 10, new int[200], 0, 0);
        image.setRGB(5, 5, colour);
        var file = directory.resolve(name);
        ImageIO.write(image, "png", file.toFile());
        return file;
    }

    @Test
    void shouldScoreEachImageOnALineOfItsOwn() throws IOException {
        var model = directory.resolve("vp-score");
        try (var manager = Torch.newManager();
                var vpScore = TinyReward.create(List.of("a red circle"), manager, 1)) {
            vpScore.save(model);
        }
        var first = image("first.png", 0xFF0000);
        var second = image("second.png", 0x0000FF);

        assertThat(run("score", "--model", model.toString(), "a red circle", first.toString(), second.toString()))
                .as(err.toString())
                .isZero();

        assertThat(out.toString().lines())
                .hasSize(2)
                .allMatch(line -> line.matches("\\{\"score\":-?[0-9.E-]+,\"file\":\".*png\",\"model\":\".*vp-score\"}"))
                .anyMatch(line -> line.contains(first.toString()));
    }

    @Test
    void shouldNameAFileThatIsNoImageOrNotThere() throws IOException {
        var text = Files.writeString(directory.resolve("words.txt"), "no pixels");

        assertThat(run("score", "a red circle", text.toString())).isEqualTo(1);
        assertThat(err.toString()).contains("Cannot read " + text).contains("not an image");
        assertThat(run("score", "a red circle", "nowhere.png")).isEqualTo(1);
        assertThat(err.toString()).contains("There is no file nowhere.png");
    }

    @Test
    void shouldNameAModelThatIsNotThere() throws IOException {
        var image = image("first.png", 0xFF0000).toString();

        assertThat(run("score", "--model", "nowhere", "a red circle", image)).isEqualTo(1);
        assertThat(err.toString()).contains("in nowhere: --model takes");
        assertThat(run("score", "--data", directory.toString(), "a red circle", image))
                .isEqualTo(1);
        assertThat(err.toString()).contains("No demo has run in " + directory);
        assertThat(run("score", "--data", "x", "--model", "y", "a red circle", image))
                .isEqualTo(2);
    }

    @Test
    void shouldNeedAPromptAndAnImage() {
        assertThat(run("score", "a red circle")).isEqualTo(2);
        assertThat(err.toString()).contains("IMAGE");
    }
}
