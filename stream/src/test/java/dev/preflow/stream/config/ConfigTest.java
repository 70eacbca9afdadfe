package dev.preflow.stream.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.preflow.stream.KafkaSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigTest {

    private static final Setting<Integer> IMAGES =
            Settings.integer("planner.images-per-prompt", 4, 1, 64, "Images per prompt");
    private static final Setting<Double> GUIDANCE = Settings.number("planner.guidance", 7.5, 1, 30, "Guidance");
    private static final Setting<Duration> DEADLINE =
            Settings.duration("assembler.deadline", Duration.ofSeconds(90), "Deadline");
    private static final Setting<Long> CACHE = Settings.size("cache.size", 1 << 20, "Cache");
    private static final Setting<TimeUnit> UNIT = Settings.choice("unit", TimeUnit.DAYS, "A unit");
    private static final Setting<List<String>> POOL = Settings.list("planner.pool", List.of("base"), "Pool");
    private static final Setting<Boolean> JOINT = Settings.bool("annotators.*.joint", true, "One call for all aspects");
    private static final Setting<Secret> API_KEY = Settings.secret("annotators.*.api-key", "The endpoint's key");
    private static final Setting<String> URL =
            Settings.string("annotators.*.url", "", "The endpoint").withoutDefault();

    @TempDir
    Path directory;

    private static List<Setting<?>> settings() {
        var all = new ArrayList<Setting<?>>(KafkaSettings.ALL);
        all.addAll(List.of(IMAGES, GUIDANCE, DEADLINE, CACHE, UNIT, POOL, JOINT, API_KEY, URL));
        return all;
    }

    private Path yaml(String text) throws IOException {
        return Files.writeString(directory.resolve("preflow.yaml"), text);
    }

    @Test
    void shouldUseDefaultsWhenNothingIsSet() {
        var config = Config.with(settings()).build();

        assertThat(config.get(IMAGES)).isEqualTo(4);
        assertThat(config.get(DEADLINE)).isEqualTo(Duration.ofSeconds(90));
        assertThat(config.get(CACHE)).isEqualTo(1 << 20);
        assertThat(config.get(UNIT)).isEqualTo(TimeUnit.DAYS);
        assertThat(config.get(POOL)).containsExactly("base");
        assertThat(config.get(KafkaSettings.CLIENT)).isEmpty();
        assertThat(config.names(URL)).isEmpty();
    }

    @Test
    void shouldPreferCommandLineToEnvironmentToFileToDefault() throws IOException {
        var file = yaml("""
                planner:
                  images-per-prompt: 5
                  guidance: 9
                  pool: [base, policy]
                assembler.deadline: 5m
                cache.size: 64MiB
                """);
        var config = Config.with(settings())
                .overrides(Map.of("planner.images-per-prompt", "7"))
                .environment(Map.of("PREFLOW_PLANNER_IMAGES_PER_PROMPT", "6", "PREFLOW_PLANNER_GUIDANCE", "8.5"))
                .file(file)
                .build();

        assertThat(config.get(IMAGES)).isEqualTo(7);
        assertThat(config.get(GUIDANCE)).isEqualTo(8.5);
        assertThat(config.get(DEADLINE)).isEqualTo(Duration.ofMinutes(5));
        assertThat(config.get(CACHE)).isEqualTo(64L << 20);
        assertThat(config.get(POOL)).containsExactly("base", "policy");
        assertThat(config.get(UNIT)).isEqualTo(TimeUnit.DAYS);
        assertThat(config.lines())
                .filteredOn(line -> line.key().equals("planner.images-per-prompt"))
                .singleElement()
                .satisfies(line -> assertThat(line.source()).isEqualTo("command line"));
    }

    @Test
    void shouldPreferEverySourceToACommandsDefaults() throws IOException {
        var config = Config.with(settings())
                .defaults(Map.of("planner.images-per-prompt", "7", "planner.guidance", "2", "assembler.deadline", "9m"))
                .environment(Map.of("PREFLOW_PLANNER_IMAGES_PER_PROMPT", "6"))
                .file(yaml("planner.guidance: 3"))
                .build();

        assertThat(config.get(IMAGES)).isEqualTo(6);
        assertThat(config.get(GUIDANCE)).isEqualTo(3);
        assertThat(config.get(DEADLINE)).isEqualTo(Duration.ofMinutes(9));
    }

    @Test
    void shouldNameTheNearestKeyOfAnUnknownOne() throws IOException {
        var builder = Config.with(settings()).file(yaml("planner:\n  image-per-prompt: 5\n"));

        assertThatThrownBy(builder::build)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("planner.image-per-prompt")
                .hasMessageContaining("preflow.yaml")
                .hasMessageContaining("did you mean planner.images-per-prompt?");
    }

    @Test
    void shouldListEveryProblemAtOnce() throws IOException {
        var builder = Config.with(settings())
                .file(yaml("planner.images-per-prompt: 100\nplanner.guidance: NaN\nassembler.deadline: 5 minutes\n"
                        + "cache.size: 5 MB\nunit: weeks\nannotators.a.joint: maybe\n"));

        assertThatThrownBy(builder::build)
                .hasMessageContaining("'100' is not a whole number from 1 to 64")
                .hasMessageContaining("'NaN' is not a number from")
                .hasMessageContaining("'5 minutes' is not a time")
                .hasMessageContaining("'5 MB' is not a size")
                .hasMessageContaining("'weeks' is not one of nanoseconds")
                .hasMessageContaining("'maybe' is not true or false");
    }

    @Test
    void shouldPassKafkasPropertiesThroughAndNeverShowSecrets() throws IOException {
        var config = Config.with(settings())
                .file(yaml("""
                        kafka:
                          bootstrap.servers: broker:9093
                          client:
                            security.protocol: SASL_SSL
                            sasl.jaas.config: user=x password=hunter2;
                        annotators.gpt4v.api-key: sk-hunter2
                        """))
                .environment(Map.of("PREFLOW_KAFKA_CLIENT_SSL_KEYSTORE_PASSWORD", "hunter2"))
                .build();

        assertThat(config.get(KafkaSettings.BOOTSTRAP_SERVERS)).isEqualTo("broker:9093");
        assertThat(config.get(KafkaSettings.CLIENT))
                .containsEntry("security.protocol", "SASL_SSL")
                .containsEntry("ssl.keystore.password", "hunter2");
        assertThat(config.get(API_KEY.named("gpt4v")).reveal()).isEqualTo("sk-hunter2");
        assertThat(config.get(API_KEY.named("gpt4v"))).hasToString("[hidden]");
        assertThat(config.lines().toString()).contains("SASL_SSL").doesNotContain("hunter2");
        assertThat(config.toString()).doesNotContain("hunter2");
    }

    @Test
    void shouldKnowTheNamesUnderAWildcard() throws IOException {
        var config = Config.with(settings())
                .file(yaml("annotators:\n  gpt4v:\n    url: http://a\n  judge:\n    joint: false\n"))
                .environment(Map.of("PREFLOW_ANNOTATORS_GPT4V_API_KEY", "k"))
                .build();

        assertThat(config.names(URL)).containsExactly("gpt4v", "judge");
        assertThat(config.get(URL.named("gpt4v"))).isEqualTo("http://a");
        assertThat(config.get(API_KEY.named("gpt4v")).reveal()).isEqualTo("k");
        assertThat(config.get(JOINT.named("judge"))).isFalse();
        assertThat(config.find(URL.named("judge"))).isEmpty();
        assertThatThrownBy(() -> config.get(URL.named("judge")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("annotators.judge.url is not set")
                .hasMessageContaining("PREFLOW_ANNOTATORS_JUDGE_URL");
    }

    @Test
    void shouldSayWhereAFileIsNotYamlWithoutQuotingIt() throws IOException {
        var builder = Config.with(settings()).file(yaml("cache.size: 1MiB\nannotators.a.api-key: \"hunter2\n"));

        assertThatThrownBy(builder::build)
                .hasMessageContaining("preflow.yaml is not YAML, at line")
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void shouldRefuseAKeyThatIsSetTwiceInTheFile() throws IOException {
        var builder = Config.with(settings()).file(yaml("cache.size: 1MiB\ncache.size: 2MiB\n"));

        assertThatThrownBy(builder::build).hasMessageContaining("is not YAML, at line 2");
    }

    @Test
    void shouldAcceptAnEmptyFile() throws IOException {
        assertThat(Config.with(settings()).file(yaml("# nothing yet\n")).build().get(IMAGES))
                .isEqualTo(4);
    }
}
