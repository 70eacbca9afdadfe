package dev.preflow.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.preflow.app.Samples;
import dev.preflow.app.config.ConfigSources;
import dev.preflow.app.kafka.KafkaContact;
import dev.preflow.broker.EmbeddedBroker;
import dev.preflow.schemas.Ids;
import dev.preflow.schemas.Prompt;
import dev.preflow.stream.Publisher;
import dev.preflow.stream.TopicReader;
import dev.preflow.stream.TopicStart;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PushWatchTest {

    @TempDir
    static Path directory;

    private static EmbeddedBroker broker;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void startBroker() throws IOException {
        broker = EmbeddedBroker.start(directory.resolve("kafka"));
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    private int run(String prefix, String... args) {
        var all = new String[args.length + 4];
        System.arraycopy(args, 0, all, 0, args.length);
        all[args.length] = "--bootstrap";
        all[args.length + 1] = broker.bootstrapServers();
        all[args.length + 2] = "--set";
        all[args.length + 3] = "kafka.topics.prefix=" + prefix;
        return PreflowCommand.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(all);
    }

    private static KafkaContact kafka(String prefix) throws IOException {
        return KafkaContact.make(ConfigSources.load(
                null,
                Map.of(),
                Map.of("kafka.bootstrap.servers", broker.bootstrapServers(), "kafka.topics.prefix", prefix)));
    }

    private static List<String> published(String prefix) throws IOException {
        var kafka = kafka(prefix);
        Queue<Prompt> prompts = new ConcurrentLinkedQueue<>();
        try (var reader = TopicReader.start(
                kafka.connection(),
                kafka.topics().prompts(),
                TopicStart.beginning(),
                delivery -> prompts.add(delivery.record()))) {
            reader.caughtUp().await();
        }
        return prompts.stream().map(Prompt::getText).toList();
    }

    private static Path file(String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content);
    }

    @Test
    void shouldPushLinesAsTheyAre() throws IOException {
        var prompts = file("lines.txt", "a red circle\n\n  \n{red|blue} square\n「夜」 🌙\n");

        assertThat(run("lines.", "push", prompts.toString())).isZero();

        assertThat(err.toString()).contains("3 prompts acknowledged, 0 refused");
        assertThat(published("lines.")).containsExactlyInAnyOrder("a red circle", "{red|blue} square", "「夜」 🌙");
    }

    @Test
    void shouldPushJsonAndReportBadLinesWhileTheRestGoesOn() throws IOException {
        var prompts = file(
                "mixed.jsonl",
                "{\"id\": \"1\", \"text\": \"one\"}\nnot json\n{\"prompt\": \"two\"}\n{\"colour\": 3}\n");

        assertThat(run("mixed.", "push", prompts.toString(), "--print")).isEqualTo(1);

        assertThat(err.toString())
                .contains("entry 2: It is not JSON")
                .contains("entry 4: ")
                .contains("2 prompts acknowledged, 2 refused");
        assertThat(out.toString().lines()).hasSize(2).allSatisfy(line -> assertThat(
                        new ObjectMapper().readTree(line).get("id").textValue())
                .isNotBlank());
        assertThat(published("mixed.")).containsExactlyInAnyOrder("one", "two");
    }

    @Test
    void shouldPushAnArray() throws IOException {
        var prompts = file("array.json", "[\"one\", {\"text\": \"two\", \"image\": \"x\"}, {\"prompt\": \"three\"}]");

        assertThat(run("array.", "push", prompts.toString())).isZero();

        assertThat(published("array.")).containsExactlyInAnyOrder("one", "two", "three");
    }

    @Test
    void shouldWaitUntilEveryPromptHasEnded() throws Exception {
        var kafka = kafka("waiting.");
        try (var publisher = new Publisher(kafka.connection());
                var judge =
                        TopicReader.start(kafka.connection(), kafka.topics().prompts(), TopicStart.end(), delivery -> {
                            var prompt = delivery.record();
                            var id = prompt.getId();
                            if (prompt.getText().equals("good")) {
                                var image = Samples.image(id, 0);
                                publisher.publish(
                                        kafka.topics().annotations(),
                                        id,
                                        Samples.annotation(id, List.of(image), Instant.now()));
                            } else {
                                publisher.publish(
                                        kafka.topics().deadLetters(),
                                        id,
                                        Samples.deadLetter(id, "refused", true, Instant.now()));
                            }
                        })) {
            judge.caughtUp().await();
            var prompts = file("waiting.txt", "good\ngood\nbad\n");

            assertThat(run("waiting.", "push", prompts.toString(), "--wait-limit", "30"))
                    .isZero();

            assertThat(err.toString()).containsPattern("2 judged").containsPattern("1 refused\\R");
        }
    }

    @Test
    void shouldKnowAPromptThatHasEndedBeforeItWasPushedAgain() throws Exception {
        var kafka = kafka("again.");
        var id = Ids.id("identified-prompt", List.of("file:again.jsonl", "mine", "good"));
        try (var publisher = new Publisher(kafka.connection())) {
            publisher
                    .publish(
                            kafka.topics().annotations(),
                            id,
                            Samples.annotation(id, List.of(Samples.image(id, 0)), Instant.now()))
                    .await();
        }
        var prompts = file("again.jsonl", "{\"id\": \"mine\", \"text\": \"good\"}\n");

        assertThat(run("again.", "push", prompts.toString(), "--wait-limit", "30"))
                .isZero();

        assertThat(err.toString()).containsPattern("1 judged");
    }

    @Test
    void shouldEndWithOneWhenPromptsAreStillOpenAtTheLimit() throws IOException {
        var prompts = file("open.txt", "nobody judges this\n");

        assertThat(run("open.", "push", prompts.toString(), "--wait-limit", "1"))
                .isEqualTo(1);
        assertThat(err.toString()).containsPattern("1 open");
    }

    @Test
    void shouldWatchWhatPassesTheFilterAsJsonLines() throws IOException {
        var kafka = kafka("watched.");
        try (var publisher = new Publisher(kafka.connection())) {
            for (int i = 0; i < 4; i++) {
                var image = Samples.image("p" + i, 0);
                publisher
                        .publish(kafka.topics().scores(), "p" + i, Samples.score(image, i))
                        .await();
            }
        }

        assertThat(run("watched.", "watch", "--from-start", "--min-score", "2", "--limit", "2"))
                .isZero();

        var values = out.toString().lines().map(PushWatchTest::value).sorted().toList();
        assertThat(values).containsExactly(2.0, 3.0);
    }

    @Test
    void shouldWatchRatingsAndDeadLettersToo() throws IOException {
        var kafka = kafka("everything.");
        try (var publisher = new Publisher(kafka.connection())) {
            var image = Samples.image("p", 0);
            var topics = kafka.topics();
            publisher.publish(topics.scores(), "p", Samples.score(image, 1)).await();
            publisher
                    .publish(topics.annotations(), "p", Samples.annotation("p", List.of(image), Samples.NOON))
                    .await();
            publisher
                    .publish(topics.deadLetters(), "q", Samples.deadLetter("q", "refused", true, Samples.NOON))
                    .await();
        }

        assertThat(run("everything.", "watch", "--from-start", "--limit", "3")).isZero();

        assertThat(out.toString())
                .contains("\"type\":\"score\"")
                .contains("\"type\":\"judged\"")
                .contains("\"type\":\"dead-letter\"")
                .contains("\"reason\":\"refused\"");
    }

    private static double value(String line) {
        try {
            return new ObjectMapper().readTree(line).get("value").doubleValue();
        } catch (IOException e) {
            throw new AssertionError("Not JSON: " + line, e);
        }
    }
}
