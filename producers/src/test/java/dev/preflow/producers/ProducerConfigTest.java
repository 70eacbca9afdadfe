package dev.preflow.producers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.preflow.producers.generate.Variant;
import dev.preflow.stream.config.Config;
import dev.preflow.stream.config.ConfigException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProducerConfigTest {

    private static final Map<String, String> POOL = Map.of(
            "generators.policy.kind", "policy",
            "generators.policy.weight", "2",
            "generators.policy.directory", "models/base",
            "generators.weak.directory", "models/base",
            "generators.weak.steps", "4",
            "generators.weak.guidance", "1",
            "generators.remote.kind", "openai",
            "generators.remote.url", "http://localhost:8000/v1",
            "generators.remote.model", "a-model",
            "generators.remote.api-key", "sk-a-secret");

    @Test
    void shouldReadAPoolOfPipelinesAndEndpoints() {
        var producers = new ProducerConfig(config(POOL));

        assertThat(producers.plan().pool().weights()).isEqualTo(Map.of("policy", 2.0, "weak", 1.0, "remote", 1.0));
        assertThat(producers.plan().imagesPerPrompt()).isEqualTo(4);
        assertThat(producers.plan().minGuidance()).isEqualTo(3);
        assertThat(producers.plan().maxGuidance()).isEqualTo(12);
        assertThat(producers.variants())
                .containsExactly(
                        new Variant("policy", Path.of("models/base"), true, null, null),
                        new Variant("weak", Path.of("models/base"), false, 4, 1f));
        assertThat(producers.endpoints()).singleElement().satisfies(endpoint -> {
            assertThat(endpoint.generator()).isEqualTo("remote");
            assertThat(endpoint.model()).isEqualTo("a-model");
            assertThat(endpoint.toString()).doesNotContain("sk-a-secret");
        });
        assertThat(producers.localOptions().keepReleases()).isEqualTo(3);
        assertThat(producers.rules().maxCharacters()).isEqualTo(10_000);
    }

    @Test
    void shouldLeaveGeneratorsOfNoWeightOutOfThePlan() {
        var settings = new HashMap<>(POOL);
        settings.put("generators.policy.weight", "0");

        assertThat(new ProducerConfig(config(settings)).plan().pool().weights()).doesNotContainKey("policy");
    }

    @Test
    void shouldNameTheSettingThatIsMissing() {
        var settings = new HashMap<>(POOL);
        settings.remove("generators.remote.url");
        var producers = new ProducerConfig(config(settings));

        assertThatThrownBy(producers::endpoints)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("generators.remote.url");
    }

    private static Config config(Map<String, String> values) {
        return Config.with(ProducerSettings.ALL).overrides(values).build();
    }
}
