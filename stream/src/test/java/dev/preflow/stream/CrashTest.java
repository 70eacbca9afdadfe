package dev.preflow.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.preflow.broker.BrokerProcess;
import dev.preflow.schemas.Prompt;
import dev.preflow.schemas.TopicSpec;
import dev.preflow.schemas.Topics;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes are killed with the work in their hands; nothing is lost, and what was acknowledged is not done twice. */
class CrashTest {

    private static final int PROMPTS = 600;

    @TempDir
    Path directory;

    private final Vertx vertx = Vertx.vertx();

    private static void kill(Process process) {
        process.destroyForcibly();
        process.onExit().join();
    }

    private static void publish(Publisher publisher, Topics topics) throws Exception {
        for (int i = 1; i < PROMPTS; i++) {
            publisher.publish(topics.prompts(), "p" + i, StreamFixture.prompt(i));
        }
        publisher.publish(topics.prompts(), "p0", StreamFixture.prompt(0)).await(30, TimeUnit.SECONDS);
    }

    private static TopicReader<Prompt> follow(KafkaConnection kafka, TopicSpec<Prompt> topic, List<String> ids) {
        return TopicReader.start(
                kafka,
                topic,
                TopicStart.beginning(),
                copy -> ids.add(copy.record().getId()));
    }

    private static Process victim(String bootstrapServers, String prefix) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Copier.class.getName(),
                        bootstrapServers,
                        prefix)
                .inheritIO()
                .start();
    }

    @Test
    void shouldLoseNothingAndRepeatNothingWhenAStageIsKilled() throws Exception {
        var topics = Topics.of("killed.", 2);
        List<String> copied = new CopyOnWriteArrayList<>();
        try (var broker = BrokerProcess.start(directory, 0);
                var publisher = new Publisher(Copier.connection(broker.bootstrapServers()))) {
            var kafka = Copier.connection(broker.bootstrapServers());
            new TopicCreator(kafka).create(List.of(topics.prompts(), topics.deadLetters(), Copier.copies(topics)));
            publish(publisher, topics);
            try (var reader = follow(kafka, Copier.copies(topics), copied)) {
                var victim = victim(broker.bootstrapServers(), topics.prefix());
                await().atMost(Duration.ofMinutes(1)).until(() -> copied.size() > 150);
                kill(victim);

                var successor = Copier.start(Copier.runtime(vertx, kafka, publisher, topics));
                await().atMost(Duration.ofMinutes(2))
                        .until(() -> Set.copyOf(copied).size() == PROMPTS);
                successor.stop().await(30, TimeUnit.SECONDS);
            }
        }
        assertThat(copied).doesNotHaveDuplicates();
    }

    @Test
    void shouldGoOnWhenKafkaIsKilledAndComesBack() throws Exception {
        var topics = Topics.of("outage.", 2);
        List<String> copied = new CopyOnWriteArrayList<>();
        var broker = BrokerProcess.start(directory, 0);
        var kafka = Copier.connection(broker.bootstrapServers());
        int port = Integer.parseInt(broker.bootstrapServers().replaceAll(".*:", ""));
        try (var publisher = new Publisher(kafka)) {
            new TopicCreator(kafka).create(List.of(topics.prompts(), topics.deadLetters(), Copier.copies(topics)));
            publish(publisher, topics);
            try (var reader = follow(kafka, Copier.copies(topics), copied)) {
                var stage = Copier.start(Copier.runtime(vertx, kafka, publisher, topics));
                await().atMost(Duration.ofMinutes(1)).until(() -> copied.size() > 150);
                ProcessHandle.of(broker.pid()).orElseThrow().destroyForcibly();
                broker.onExit().join();

                broker = BrokerProcess.start(directory, port);
                await().atMost(Duration.ofMinutes(2))
                        .until(() -> Set.copyOf(copied).size() == PROMPTS);
                stage.stop().await(30, TimeUnit.SECONDS);
            }
        } finally {
            broker.close();
        }
        // the idempotent producer's retries leave no second copy, and no offset is lost with the broker
        assertThat(copied).doesNotHaveDuplicates();
    }
}
