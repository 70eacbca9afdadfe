package dev.preflow.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.preflow.app.Samples;
import dev.preflow.app.config.ConfigSources;
import dev.preflow.app.kafka.KafkaContact;
import dev.preflow.broker.EmbeddedBroker;
import dev.preflow.schemas.Image;
import dev.preflow.schemas.Release;
import dev.preflow.schemas.ReleaseKind;
import dev.preflow.schemas.Topics;
import dev.preflow.stream.Publisher;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

class TopicAuditTest {
    @TempDir
    private static Path directory;

    private static EmbeddedBroker broker;

    private KafkaContact kafka;
    private Topics topics;
    private Publisher publisher;

    @BeforeAll
    static void startBroker() throws IOException {
        broker = EmbeddedBroker.start(directory.resolve("kafka"));
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void makeTopics(TestInfo test) throws IOException {
        kafka = KafkaContact.make(ConfigSources.load(
                null,
                Map.of(),
                Map.of(
                        "kafka.bootstrap.servers",
                        broker.bootstrapServers(),
                        "kafka.topics.prefix",
                        test.getTestMethod().orElseThrow().getName() + ".",
                        "kafka.topics.partitions",
                        "2")));
        topics = kafka.topics();
        publisher = new Publisher(kafka.connection());
    }

    @AfterEach
    void closePublisher() {
        publisher.close();
    }

    private void prompt(String id) {
        publisher
                .publish(topics.prompts(), id, Samples.prompt(id, Samples.NOON))
                .await();
    }

    private void judged(String id) {
        publisher
                .publish(topics.annotations(), id, Samples.annotation(id, List.of(Samples.image(id, 0)), Samples.NOON))
                .await();
    }

    private void gaveUp(String id, String reason, boolean ends) {
        publisher
                .publish(topics.deadLetters(), id, Samples.deadLetter(id, reason, ends, Samples.NOON))
                .await();
    }

    private TopicAudit audit() throws IOException, InterruptedException {
        return TopicAudit.of(kafka.connection(), topics);
    }

    @Test
    void shouldFindNothingWrongWhereEveryPromptHasEndedOnce() throws Exception {
        prompt("judged");
        judged("judged");
        prompt("dead");
        gaveUp("dead", "refused", true);

        TopicAudit audit = audit();

        assertThat(audit.lost()).isZero();
        assertThat(audit.duplicates()).isZero();
        assertThat(audit.counts())
                .containsEntry("prompts", 2L)
                .containsEntry("annotations", 1L)
                .containsEntry("deadLetters", 1L)
                .containsEntry("images", 0L);
    }

    @Test
    void shouldFindPromptsThatHaveNotEnded() throws Exception {
        prompt("judged");
        judged("judged");
        prompt("forgotten");
        prompt("one image failed");
        gaveUp("one image failed", "timeout", false);

        assertThat(audit().lost()).isEqualTo(2);
    }

    @Test
    void shouldFindWhatIsThereTwice() throws Exception {
        prompt("twice judged");
        judged("twice judged");
        judged("twice judged");
        prompt("two ends");
        judged("two ends");
        gaveUp("two ends", "late", true);

        TopicAudit audit = audit();

        assertThat(audit.duplicates()).isEqualTo(2);
        assertThat(audit.counts()).containsEntry("annotations", 2L);
        assertThat(audit.lost()).isZero();
    }

    @Test
    void shouldTellHowLongNewWeightsTookToDraw() throws Exception {
        release("drawn", 1);
        release("not drawn yet", 2);
        image("drawn", 0, Samples.NOON.plusMillis(900));
        image("drawn", 1, Samples.NOON.plusMillis(400));
        image(null, 2, Samples.NOON.plusMillis(100));

        TopicAudit audit = audit();

        assertThat(audit.releases(ReleaseKind.POLICY)).isEqualTo(2);
        assertThat(audit.releases(ReleaseKind.REWARD)).isZero();
        assertThat(audit.hotSwapMillis()).containsExactly(400L);
    }

    private void release(String id, int number) {
        publisher
                .publish(
                        topics.releases(),
                        ReleaseKind.POLICY.name(),
                        new Release(id, ReleaseKind.POLICY, number, null, List.of(), Map.of(), Samples.NOON))
                .await();
    }

    private void image(String release, int index, Instant at) {
        Image image = Image.newBuilder(Samples.image("p", index))
                .setPolicyRelease(release)
                .setCreatedAt(at)
                .build();
        publisher.publish(topics.images(), "p", image).await();
    }
}
