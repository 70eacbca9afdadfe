package dev.preflow.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.preflow.app.TinyPipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;

class GenerateCommandTest extends CommandTest {

    @TempDir
    Path directory;

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
    void shouldDrawWithLorasAtTheirScales() throws IOException {
        String model = model();
        String lora = TinyPipeline.saveLora(directory.resolve("model"), directory.resolve("l.safetensors"))
                .toString();
        List<int[]> images = new ArrayList<>();
        for (List<String> more : List.of(
                List.<String>of(),
                List.of("--lora", lora),
                List.of("--lora", lora + ":0.5"),
                List.of("--lora", lora + ":0.5", "--lora", lora + ":.5"),
                List.of("--lora", lora + ":0"))) {
            Path file = directory.resolve(images.size() + ".png");
            List<String> args = new ArrayList<>(
                    List.of("generate", "--model", model, "--steps", "3", "red", "--output", file.toString()));
            args.addAll(more);
            assertThat(run(args.toArray(String[]::new))).as(err.toString()).isZero();
            images.add(ImageIO.read(file.toFile()).getRGB(0, 0, 8, 8, null, 0, 8));
        }

        assertThat(images.subList(0, 3)).doesNotHaveDuplicates();
        assertThat(text(directory.resolve("3.png"), "tEXtEntry")).startsWith("red <lora:l:0.5> <lora:l:0.5>\n");
        assertThat(images.get(3)).isEqualTo(images.get(1));
        assertThat(images.get(4)).isEqualTo(images.get(0));
        assertThat(run("generate", "--model", model, "--lora", "nowhere.safetensors", "red", "--output", "x.png"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("nowhere.safetensors");
    }

    @Test
    void shouldDrawFromAnImageInAnotherSize() throws IOException {
        String model = model();
        Path one = directory.resolve("one.png");
        Path two = directory.resolve("two.png");
        run("generate", "--model", model, "--steps", "4", "red", "--width", "12", "--output", one.toString());

        assertThat(run(
                        "generate",
                        "--model",
                        model,
                        "--steps",
                        "4",
                        "a circle",
                        "--image",
                        one.toString(),
                        "--strength",
                        "0.5",
                        "--height",
                        "16",
                        "--output",
                        two.toString()))
                .as(err.toString())
                .isZero();

        assertThat(ImageIO.read(one.toFile()).getWidth()).isEqualTo(12);
        assertThat(ImageIO.read(one.toFile()).getHeight()).isEqualTo(8);
        assertThat(ImageIO.read(two.toFile()).getWidth()).isEqualTo(12);
        assertThat(ImageIO.read(two.toFile()).getHeight()).isEqualTo(16);
    }

    @Test
    void shouldWriteIntoTheFileHowItWasMade() throws IOException {
        Path file = directory.resolve("x.png");
        String prompt = "a red circle, \u8d64";
        run(
                "generate",
                "--model",
                model(),
                "--scheduler",
                "euler_a",
                "--negative",
                "blue",
                prompt,
                "--output",
                file.toString());

        assertThat(text(file, "iTXtEntry"))
                .isEqualTo(prompt + "\nNegative prompt: blue\nSteps: 20, Sampler: Euler a, CFG scale: 3, Seed: 1,"
                        + " Size: 8x8, Model: model, Version: Preflow");
        run("generate", "--model", model(), "red", "--guidance", "7.5", "--output", file.toString());
        assertThat(text(file, "tEXtEntry")).startsWith("red\nSteps: 20, Sampler: DDIM, CFG scale: 7.5, Seed: 1");
    }

    /** The text of a PNG file as Java's own reader finds it. */
    private static String text(Path file, String entry) throws IOException {
        ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
        try (ImageInputStream stream = ImageIO.createImageInputStream(file.toFile())) {
            reader.setInput(stream);
            IIOMetadataNode root = (IIOMetadataNode) reader.getImageMetadata(0).getAsTree("javax_imageio_png_1.0");
            Element found = (Element) root.getElementsByTagName(entry).item(0);
            assertThat(found.getAttribute("keyword")).isEqualTo("parameters");
            return found.getAttribute(entry.equals("iTXtEntry") ? "text" : "value");
        } finally {
            reader.dispose();
        }
    }

    @Test
    void shouldSayWhatIsWrong() {
        assertThat(run("generate", "--model", directory.toString(), "red", "--output", "x.png"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("There is no model_index.json in " + directory);
        assertThat(run("generate", "--steps", "0", "red", "--output", "x.png")).isEqualTo(2);
        assertThat(err.toString()).contains("steps = 0");
        assertThat(run("generate", "--count", "0", "red", "--output", "x.png")).isEqualTo(2);
        assertThat(run("generate", "--strength", "0.5", "red", "--output", "x.png"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("give an image too");
        assertThat(run("generate", "--model", model(), "--width", "9", "red", "--output", "x.png"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("multiples of 2; the nearest is 10x8");
    }
}
