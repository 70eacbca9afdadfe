package dev.preflow.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreflowCommandTest extends CommandTest {

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"demo", "push", "watch", "score", "eval", "pretrain", "serve", "config"})
    void shouldHelpWithEveryCommand(String command) {
        assertThat(run(command, "--help")).isZero();
        assertThat(out.toString())
                .contains("Usage: preflow " + command)
                .contains("Examples:")
                .contains("--config");
    }

    @Test
    void shouldEndWithTwoWhenTheCommandLineIsWrong() {
        assertThat(run()).isEqualTo(2);
        assertThat(run("fly")).isEqualTo(2);
        assertThat(run("watch", "--limit", "0")).isEqualTo(2);
        assertThat(run("demo", "--report", "r.json")).isEqualTo(2);
        assertThat(err.toString()).contains("made at the end of --for");
        assertThat(run("serve", "--stages", "planner,cellar")).isEqualTo(2);
        assertThat(err.toString()).contains("'cellar' is not a stage").contains("annotators");
    }

    @Test
    void shouldEndWithTwoWhenTheConfigurationIsWrongAndSayWhatWasMeant() {
        assertThat(run("config", "--set", "gateway.prt=9")).isEqualTo(2);
        assertThat(err.toString())
                .contains("gateway.prt")
                .contains("gateway.port")
                .doesNotContain("\tat ");
    }

    @Test
    void shouldEndWithOneAndOneLineWhenAFileIsMissing() {
        assertThat(run("push", "nowhere.txt")).isEqualTo(1);
        assertThat(err.toString().lines()).containsExactly("preflow: There is no file nowhere.txt");
    }

    @Test
    void shouldShowTheStackTraceWhenAsked() {
        assertThat(run("config", "--verbose", "--config", "nowhere.yaml")).isEqualTo(1);
        assertThat(err.toString())
                .contains("There is no configuration file nowhere.yaml")
                .contains("\tat ");
    }

    @Test
    void shouldTellThatKafkaIsNotThere() throws IOException {
        var prompts = Files.writeString(directory.resolve("prompts.txt"), "a red circle\n");

        assertThat(run("push", prompts.toString(), "--bootstrap", "127.0.0.1:9"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("Kafka does not answer at 127.0.0.1:9");
    }

    @Test
    void shouldShowWhereASettingWasSetAndMaskSecrets() throws IOException {
        var file = Files.writeString(directory.resolve("mine.yaml"), """
                gateway:
                  port: 9090
                annotator.api-key: sesame
                kafka.client.sasl.jaas.config: sesame
                """);

        assertThat(run("config", "--config", file.toString(), "--set", "gateway.host=0.0.0.0"))
                .isZero();

        assertThat(out.toString())
                .contains("gateway.port: 9090  # " + file)
                .contains("gateway.host: 0.0.0.0  # command line")
                .contains("kafka.bootstrap.servers: 127.0.0.1:9092  # default")
                .doesNotContain("sesame");
    }

    @Test
    void shouldWriteDefaultsThatItReadsBack() throws IOException {
        assertThat(run("config", "--defaults")).isZero();
        var file = Files.writeString(directory.resolve("defaults.yaml"), out.toString());

        assertThat(run("config", "--config", file.toString()))
                .as(err.toString())
                .isZero();
    }

    @Test
    void shouldDescribeEverySettingInATable() {
        assertThat(run("config", "--docs")).isZero();
        assertThat(out.toString().lines().filter(line -> line.startsWith("| `")))
                .hasSizeGreaterThan(30)
                .allSatisfy(line -> assertThat(line.replace("\\|", "").chars().filter(c -> c == '|'))
                        .hasSize(5));
    }
}
