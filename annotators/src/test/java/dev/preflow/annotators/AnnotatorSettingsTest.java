package dev.preflow.annotators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.preflow.annotators.judge.ResponseFormat;
import dev.preflow.annotators.judgement.AnnotationMode;
import dev.preflow.stream.config.Config;
import dev.preflow.stream.config.ConfigException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class AnnotatorSettingsTest {

    @Test
    void shouldJudgeAsThePaperDoesUnlessToldOtherwise() {
        var config = config(Map.of("annotator.model", "gpt-4o"));
        assertThat(AnnotatorSettings.judging(config).mode()).isEqualTo(AnnotationMode.PER_ASPECT);
        assertThat(AnnotatorSettings.judge(config).temperature()).isZero();
        assertThat(AnnotatorSettings.judge(config).apiKey()).isNull();
        assertThat(AnnotatorSettings.judge(config).seed()).isNull();
        assertThat(AnnotatorSettings.assembler(config, Path.of("state")).deadline())
                .isEqualTo(Duration.ofMinutes(2));
    }

    @Test
    void shouldTakeWhatIsSet() {
        var config = config(Map.of(
                "annotator.model", "qwen",
                "annotator.mode", "joint",
                "annotator.response-format", "none",
                "annotator.temperature", "-1",
                "annotator.max-backoff", "100ms",
                "annotator.max-attempts", "3",
                "annotator.api-key", "sk-secret"));
        assertThat(AnnotatorSettings.judging(config).mode()).isEqualTo(AnnotationMode.JOINT);
        assertThat(AnnotatorSettings.judging(config).format()).isEqualTo(ResponseFormat.NONE);
        assertThat(AnnotatorSettings.judge(config).temperature()).isNull();
        assertThat(AnnotatorSettings.stage(config).retry().maxAttempts()).isEqualTo(3);
        assertThat(AnnotatorSettings.stage(config).retry().base()).isEqualTo(Duration.ofMillis(100));
        assertThat(config.lines()).noneSatisfy(line -> assertThat(line.value()).contains("sk-secret"));
    }

    @Test
    void shouldAskForAModel() {
        assertThatThrownBy(() -> AnnotatorSettings.judge(config(Map.of())))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("annotator.model");
    }

    @Test
    void shouldRefuseAnAddressThatIsNone() {
        assertThatThrownBy(() -> config(Map.of("annotator.url", "http://bad host")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("annotator.url");
    }

    private static Config config(Map<String, String> overrides) {
        return Config.with(AnnotatorSettings.ALL).overrides(overrides).build();
    }
}
