package dev.preflow.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.preflow.app.config.ConfigSources;
import dev.preflow.app.stages.StageName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The compose file as compose understands it. */
class ComposeFileTest {

    private static final Map<String, JsonNode> services = new TreeMap<>();

    @BeforeAll
    static void readComposeFile() throws Exception {
        DockerCli.assumeCompose();
        var config = DockerCli.run(
                Duration.ofMinutes(1),
                "compose",
                "-f",
                "docker/compose.yaml",
                "--profile",
                "train",
                "config",
                "--format",
                "json");
        assertThat(config.succeeded()).as(config.output()).isTrue();
        new ObjectMapper()
                .readTree(config.output())
                .get("services")
                .properties()
                .forEach(service -> services.put(service.getKey(), service.getValue()));
    }

    @Test
    void shouldRunEveryStageOnce() {
        var labels = new ArrayList<String>();
        services.values().forEach(service -> {
            var command = service.path("command");
            if (command.path(0).asText().equals("serve")) {
                labels.add(command.get(2).textValue());
            }
        });

        assertThat(labels)
                .containsExactlyInAnyOrderElementsOf(List.of(StageName.values()).stream()
                        .map(StageName::label)
                        .toList());
    }

    @Test
    void shouldSetOnlySettingsThereAre() throws Exception {
        for (var service : services.entrySet()) {
            Map<String, String> variables = new TreeMap<>();
            service.getValue().path("environment").properties().forEach(variable -> {
                if (variable.getKey().startsWith("PREFLOW_")
                        && !variable.getValue().isNull()) {
                    variables.put(variable.getKey(), variable.getValue().asText());
                }
            });

            var set = ConfigSources.load(null, variables, Map.of()).lines().stream()
                    .filter(line -> line.source().equals("environment"));

            assertThat(set).as(service.getKey()).hasSameSizeAs(variables.keySet());
        }
    }

    @Test
    void shouldPublishTheGatewayToThisMachineOnly() {
        services.forEach((name, service) -> {
            if (name.equals("gateway")) {
                assertThat(service.get("ports")).singleElement().satisfies(port -> {
                    assertThat(port.get("host_ip").textValue()).isEqualTo("127.0.0.1");
                    assertThat(port.get("published").asText()).isEqualTo("8080");
                });
            } else {
                assertThat(service.path("ports")).as(name).isEmpty();
            }
        });
    }

    @Test
    void shouldBoundTheMemoryOfEveryContainer() {
        services.forEach((name, service) ->
                assertThat(service.path("mem_limit").asLong()).as(name).isPositive());
    }
}
