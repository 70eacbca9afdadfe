package dev.preflow.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.preflow.app.TinyPipeline;
import dev.preflow.app.config.AppSettings;
import dev.preflow.app.config.ConfigSources;
import dev.preflow.app.demo.DemoFolder;
import dev.preflow.app.kafka.KafkaContact;
import dev.preflow.schemas.Release;
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

class EvalCommandTest extends CommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path directory;

    @Test
    void shouldCompareTwoPipelines() throws IOException {
        String base = TinyPipeline.save(directory.resolve("base"), 1).toString();
        String policy = TinyPipeline.save(directory.resolve("policy"), 2).toString();
        Path json = directory.resolve("made/e.json");
        Path sheet = directory.resolve("made/e.png");

        assertThat(run(
                        "eval",
                        "--base",
                        base,
                        "--policy",
                        policy,
                        "--quick",
                        "--guidance",
                        "1",
                        "--guidance",
                        "2",
                        "--output",
                        json.toString(),
                        "--sheet",
                        sheet.toString()))
                .as(err.toString())
                .isZero();

        JsonNode report = JSON.readTree(json.toFile());
        assertThat(report.at("/base").asText()).isEqualTo(base);
        assertThat(report.at("/reward").isNull()).isTrue();
        assertThat(report.at("/entries")).hasSize(2);
        JsonNode entry = report.at("/entries/1");
        assertThat(entry.at("/guidanceScale").asDouble()).isEqualTo(2);
        assertThat(entry.at("/images").asInt()).isEqualTo(120);
        assertThat(entry.at("/wins").asInt()
                        + entry.at("/ties").asInt()
                        + entry.at("/losses").asInt())
                .isEqualTo(120);
        assertThat(entry.at("/policy/one").isNumber()).isTrue();
        assertThat(entry.at("/vpScore").isNull()).isTrue();
        assertThat(ImageIO.read(sheet.toFile()).getWidth()).isGreaterThan(12 * 64);
        assertThat(out.toString())
                .contains("Guidance 1.0: 120 pairs", "Guidance 2.0", "sign test over the prompts: p =");
    }

    @Test
    void shouldTieAPipelineWithItself() throws IOException {
        String base = TinyPipeline.save(directory.resolve("base"), 1).toString();

        assertThat(run("eval", "--base", base, "--policy", base, "--quick", "--guidance", "1"))
                .isZero();

        assertThat(out.toString()).contains("wins 0, ties 120, loses 0").contains("p = 1.0");
    }

    @Test
    void shouldFindTheNewestPolicyOfADemoWhetherItRunsOrNot() throws Exception {
        Path data = Files.createDirectories(directory.resolve("data"));
        Files.createDirectories(data.resolve("kafka"));
        Path base = TinyPipeline.save(directory.resolve("base"), 1);
        String[] eval = {"eval", "--base", base.toString(), "--data", data.toString(), "--quick", "--guidance", "1"};
        try (DemoFolder running = DemoFolder.open(data)) {
            assertThat(run(eval)).isEqualTo(1);
            assertThat(err.toString()).contains("There is no policy release yet");
            Config config = ConfigSources.load(null, Map.of(), running.settings());
            release(config, 1, TinyPipeline.save(directory.resolve("first"), 2));
            release(config, 2, base);
        }

        assertThat(run(eval)).as(err.toString()).isZero();

        assertThat(out.toString()).contains("policy  policy 2").contains("ties 120");
    }

    private static void release(Config config, int number, Path model) throws IOException {
        var files = new ReleaseFiles(
                new BlobStore(config.get(AppSettings.BLOBS)),
                config.get(AppSettings.STATE).resolve("trainer"),
                Clock.systemUTC());
        Release release = files.pack(ReleaseKind.POLICY, number, null, model, Map.of());
        KafkaContact kafka = KafkaContact.make(config);
        try (Publisher publisher = new Publisher(kafka.connection())) {
            publisher
                    .publish(kafka.topics().releases(), ReleaseKind.POLICY.name(), release)
                    .await();
        }
    }

    @Test
    void shouldSayWhatIsMissing() {
        assertThat(run("eval", "--base", "nowhere", "--policy", "elsewhere")).isEqualTo(1);
        assertThat(err.toString())
                .contains("There is no model_index.json in nowhere: --base takes a diffusers directory");
        String base = TinyPipeline.save(directory.resolve("base"), 1).toString();
        assertThat(run("eval", "--base", base, "--policy", "elsewhere")).isEqualTo(1);
        assertThat(err.toString()).contains("in elsewhere: --policy takes");
        assertThat(run("eval", "--base", base, "--policy", base, "--reward", "nobody"))
                .isEqualTo(1);
        assertThat(err.toString())
                .contains("There is no model.safetensors in nobody: --reward takes a VP-Score's directory");
    }

    @Test
    void shouldRefuseAWrongCommandLine() {
        assertThat(run("eval", "--policy", "a", "--guidance", "0.5")).isEqualTo(2);
        assertThat(run("eval", "--policy", "a", "--guidance", "much")).isEqualTo(2);
        assertThat(run("eval", "--policy", "a", "--data", "b")).isEqualTo(2);
        assertThat(err.toString()).contains("0.5 is no scale").contains("not both");
    }
}
