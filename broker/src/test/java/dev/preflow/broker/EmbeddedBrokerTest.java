package dev.preflow.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddedBrokerTest {

    @TempDir
    Path directory;

    private static Admin admin(String bootstrapServers) {
        return Admin.create(Map.of("bootstrap.servers", bootstrapServers));
    }

    private static void createTopic(String bootstrapServers) throws Exception {
        try (var admin = admin(bootstrapServers)) {
            admin.createTopics(List.of(new NewTopic("kept", Optional.of(1), Optional.empty())))
                    .all()
                    .get();
        }
    }

    private static Iterable<String> topics(String bootstrapServers) throws Exception {
        try (var admin = admin(bootstrapServers)) {
            return admin.listTopics().names().get();
        }
    }

    @Test
    void shouldContinueItsDirectory() throws Exception {
        try (var broker = EmbeddedBroker.start(directory)) {
            createTopic(broker.bootstrapServers());
        }
        try (var broker = EmbeddedBroker.start(directory)) {
            assertThat(topics(broker.bootstrapServers())).contains("kept");
        }
    }

    @Test
    void shouldRunAsAProcessThatKeepsItsDataWhenKilled() throws Exception {
        var first = BrokerProcess.start(directory, 0);
        createTopic(first.bootstrapServers());
        ProcessHandle.of(first.pid()).orElseThrow().destroyForcibly();
        first.onExit().get(10, TimeUnit.SECONDS);

        try (var second = BrokerProcess.start(directory, 0)) {
            assertThat(topics(second.bootstrapServers())).contains("kept");
            second.close();
            assertThat(second.onExit().get(10, TimeUnit.SECONDS)).isZero();
        }
        assertThat(directory.resolve("broker.log")).content().contains("KafkaRaftServer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM", "HUP"})
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "there is no kill command")
    void shouldLeaveSignalsOfItsGroupToItsParent(String signal) throws Exception {
        try (var broker = BrokerProcess.start(directory, 0)) {
            new ProcessBuilder("kill", "-" + signal, Long.toString(broker.pid()))
                    .start()
                    .waitFor();

            createTopic(broker.bootstrapServers());
            assertThat(broker.onExit()).isNotDone();
        }
    }

    @Test
    void shouldSayWhereTheLogIsWhenItDoesNotStart() throws Exception {
        try (var broker = EmbeddedBroker.start(directory.resolve("one"))) {
            int taken = Integer.parseInt(broker.bootstrapServers().replaceAll(".*:", ""));

            assertThatThrownBy(() -> BrokerProcess.start(directory.resolve("two"), taken))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("broker.log");
        }
    }
}
