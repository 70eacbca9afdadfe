package dev.preflow.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.preflow.app.TinyPipeline;
import dev.preflow.app.config.AppSettings;
import dev.preflow.app.config.ConfigSources;
import dev.preflow.app.demo.DemoFolder;
import dev.preflow.app.kafka.KafkaContact;
import dev.preflow.models.lora.Lora;
import dev.preflow.models.lora.LoraFile;
import dev.preflow.models.pipeline.DiffusionPipeline;
import dev.preflow.models.pipeline.LoraDirectory;
import dev.preflow.models.pipeline.PolicyLease;
import dev.preflow.models.tensor.Torch;
import dev.preflow.models.weights.SafetensorsReader;
import dev.preflow.schemas.ReleaseKind;
import dev.preflow.stream.Publisher;
import dev.preflow.stream.blob.BlobStore;
import dev.preflow.stream.blob.ReleaseFiles;
import dev.preflow.stream.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoraCommandTest extends CommandTest {

    @TempDir
    Path directory;

    @Test
    void shouldTurnOneFormIntoTheOtherAndBack() throws IOException {
        Path model = TinyPipeline.save(directory.resolve("model"), 1);
        Path diffusers = TinyPipeline.saveLora(model, directory.resolve("diffusers.safetensors"));
        Path kohya = directory.resolve("new/kohya.safetensors");
        Path back = directory.resolve("back.safetensors");

        convert(model, diffusers, kohya, "kohya");
        convert(model, kohya, back, "diffusers");

        try (SafetensorsReader reader = SafetensorsReader.open(kohya)) {
            assertThat(reader.metadata()).containsEntry("ss_network_dim", "2").containsEntry("ss_network_alpha", "4.0");
            assertThat(reader.entries())
                    .allSatisfy((name, entry) -> assertThat(name).startsWith("lora_unet_"));
        }
        assertThat(back).hasSameBinaryContentAs(diffusers);
    }

    private void convert(Path model, Path from, Path to, String format) {
        assertThat(run(
                        "lora",
                        "--model",
                        model.toString(),
                        "--input",
                        from.toString(),
                        "--output",
                        to.toString(),
                        "--format",
                        format))
                .as(err.toString())
                .isZero();
    }

    @Test
    void shouldWriteTheNewestPolicyOfADemo() throws Exception {
        Path data = Files.createDirectories(directory.resolve("data"));
        Files.createDirectories(data.resolve("kafka"));
        Path model = TinyPipeline.save(directory.resolve("model"), 1);
        Path output = directory.resolve("lora.safetensors");
        String[] lora = {"lora", "--data", data.toString(), "--output", output.toString()};
        try (DemoFolder running = DemoFolder.open(data)) {
            Config config = ConfigSources.load(null, Map.of(), running.settings());
            release(config, 1, model);
        }
        assertThat(run(lora)).isEqualTo(1);
        assertThat(err.toString()).contains("Policy release 1 has whole weights");
        try (DemoFolder running = DemoFolder.open(data)) {
            release(ConfigSources.load(null, Map.of(), running.settings()), 2, release(model));
        }

        assertThat(run(lora)).as(err.toString()).isZero();

        assertThat(out.toString().strip()).isEqualTo(output.toString());
        Path byRelease = directory.resolve("release.png");
        Path byFile = directory.resolve("file.png");
        assertThat(run("generate", "--data", data.toString(), "--steps", "3", "red", "--output", byRelease.toString()))
                .as(err.toString())
                .isZero();
        run(
                "generate",
                "--model",
                model.toString(),
                "--lora",
                output.toString(),
                "--steps",
                "3",
                "red",
                "--output",
                byFile.toString());
        assertThat(pixels(byFile)).isEqualTo(pixels(byRelease));
    }

    private static int[] pixels(Path file) throws IOException {
        return ImageIO.read(file.toFile()).getRGB(0, 0, 8, 8, null, 0, 8);
    }

    /** What a trainer would release. */
    private Path release(Path model) {
        Path released = directory.resolve("released");
        Path file = TinyPipeline.saveLora(model, directory.resolve("trained.safetensors"));
        try (NDManager manager = Torch.newManager();
                DiffusionPipeline pipeline = DiffusionPipeline.load(model, "model", manager);
                PolicyLease base = pipeline.borrow();
                Lora lora = LoraFile.read(file, base.parameters(), manager)) {
            LoraDirectory.save(released, lora, base.parameters(), model);
        }
        return released;
    }

    private static void release(Config config, int number, Path policy) throws IOException {
        var files = new ReleaseFiles(
                new BlobStore(config.get(AppSettings.BLOBS)),
                config.get(AppSettings.STATE).resolve("trainer"),
                Clock.systemUTC());
        KafkaContact kafka = KafkaContact.make(config);
        try (Publisher publisher = new Publisher(kafka.connection())) {
            publisher
                    .publish(
                            kafka.topics().releases(),
                            ReleaseKind.POLICY.name(),
                            files.pack(ReleaseKind.POLICY, number, null, policy, Map.of()))
                    .await();
        }
    }

    @Test
    void shouldRefuseTwoSources() {
        assertThat(run("lora", "--input", "a", "--data", "b", "--output", "c")).isEqualTo(2);
        assertThat(err.toString()).contains("not both");
    }
}
