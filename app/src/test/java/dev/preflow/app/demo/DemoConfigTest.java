package dev.preflow.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.preflow.app.config.ConfigSources;
import dev.preflow.scorer.ScorerSettings;
import dev.preflow.stream.KafkaSettings;
import dev.preflow.stream.config.Config;
import dev.preflow.trainer.TrainerSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoConfigTest {
    private static final String BROKER = "127.0.0.1:19092";

    @TempDir
    private Path folder;

    private Config config(String yaml, Map<String, String> environment, Map<String, String> commandLine)
            throws IOException {
        Path file = Files.writeString(folder.resolve("preflow.yaml"), yaml);
        DemoOptions options = new DemoOptions(folder.resolve("data"), folder.resolve("base"), null, null, 8080, 2, 7);
        Map<String, String> overrides =
                new HashMap<>(DemoConfig.fixed(options, BROKER, URI.create("http://127.0.0.1:18080/v1")));
        overrides.putAll(commandLine);
        return ConfigSources.load(file, environment, DemoConfig.tuned(), overrides);
    }

    @Test
    void shouldSuitASmallModelUnlessToldOtherwise() throws IOException {
        Config config = config("", Map.of(), Map.of());

        assertThat(config.get(TrainerSettings.GUIDANCE)).containsExactly(1f, 1f, 1f, 3f);
        assertThat(config.get(TrainerSettings.SEED)).isEqualTo(7);
    }

    @Test
    void shouldFollowFileEnvironmentAndCommandLineInThisOrder() throws IOException {
        Config config = config(
                "trainer: {kl: 0.5, guidance: 2, horizon: 300}\nscorer.gate.min.pairs: 400\n",
                Map.of("PREFLOW_TRAINER_GUIDANCE", "4", "PREFLOW_TRAINER_HORIZON", "301"),
                Map.of("trainer.horizon", "302"));

        assertThat(config.get(ScorerSettings.GATE_MIN_PAIRS)).isEqualTo(400);
        assertThat(config.get(TrainerSettings.KL)).isEqualTo(0.5);
        assertThat(config.get(TrainerSettings.GUIDANCE)).containsExactly(4f);
        assertThat(config.get(TrainerSettings.HORIZON)).isEqualTo(302);
    }

    @Test
    void shouldKeepToItsOwnBrokerAndFolder() throws IOException {
        Config config = config(
                "kafka.bootstrap.servers: production:9092\n",
                Map.of("PREFLOW_TRAINER_CHECKPOINTS", "/production"),
                Map.of());

        assertThat(config.get(KafkaSettings.BOOTSTRAP_SERVERS)).isEqualTo(BROKER);
        assertThat(config.get(TrainerSettings.CHECKPOINTS)).startsWithRaw(folder);
    }
}
