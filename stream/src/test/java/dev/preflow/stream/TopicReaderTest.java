package dev.preflow.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.preflow.schemas.Prompt;
import dev.preflow.schemas.TopicSpec;
import dev.preflow.schemas.Topics;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopicReaderTest {

    @TempDir
    static Path directory;

    private static StreamFixture fixture;

    private final List<Delivery<Prompt>> read = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void startBroker() throws IOException {
        fixture = new StreamFixture(directory);
    }

    @AfterAll
    static void stopBroker() {
        fixture.close();
    }

    private TopicReader<Prompt> start(TopicSpec<Prompt> topic, TopicStart from) throws Exception {
        var reader = TopicReader.start(fixture.kafka, topic, from, read::add);
        reader.caughtUp().await(30, TimeUnit.SECONDS);
        return reader;
    }

    private List<String> ids() {
        return read.stream().map(delivery -> delivery.record().getId()).toList();
    }

    @Test
    void shouldReadWhatIsThereThenFollow() throws Exception {
        var runtime = fixture.runtime("follow.", 3);
        fixture.publishPrompts(runtime, 0, 49);

        try (var reader = start(runtime.topics().prompts(), TopicStart.beginning())) {
            assertThat(ids()).hasSize(50).doesNotHaveDuplicates();
            fixture.publishPrompts(runtime, 50, 59);
            await().untilAsserted(() -> assertThat(ids()).hasSize(60).doesNotHaveDuplicates());
            assertThat(reader.skipped()).isZero();
        }
    }

    @Test
    void shouldStartWhereItIsTold() throws Exception {
        var runtime = fixture.runtime("start.", 1);
        var prompts = runtime.topics().prompts();
        fixture.publishPrompts(runtime, 0, 9);

        start(prompts, TopicStart.last(3)).close();
        assertThat(ids()).containsExactly("p7", "p8", "p9");
        read.clear();
        start(prompts, TopicStart.last(1000)).close();
        assertThat(ids()).hasSize(10);
        read.clear();
        start(prompts, TopicStart.at(Map.of(0, 8L))).close();
        assertThat(ids()).containsExactly("p8", "p9");
        read.clear();
        start(prompts, TopicStart.since(Instant.now().plusSeconds(60))).close();
        assertThat(ids()).isEmpty();
        start(prompts, TopicStart.since(Instant.now().minusSeconds(600))).close();
        assertThat(ids()).hasSize(10);
        read.clear();
        try (var reader = start(prompts, TopicStart.end())) {
            fixture.publishPrompts(runtime, 10, 10);
            await().untilAsserted(() -> assertThat(ids()).containsExactly("p10"));
        }
    }

    @Test
    void shouldSkipAndCountWhatItCannotHandle() throws Exception {
        var runtime = fixture.runtime("skip.", 1);
        var prompts = runtime.topics().prompts();
        fixture.publishPrompts(runtime, 0, 1);
        fixture.publishRaw(prompts, 0, "k", new byte[] {1, 2, 3});
        fixture.publishPrompts(runtime, 2, 3);
        var skipped = new CopyOnWriteArrayList<TopicReader.Skipped>();

        try (var reader = TopicReader.start(
                fixture.kafka,
                prompts,
                TopicStart.beginning(),
                delivery -> {
                    if (delivery.record().getId().equals("p1")) {
                        throw new IllegalStateException("a bug");
                    }
                    read.add(delivery);
                },
                skipped::add)) {
            reader.caughtUp().await(30, TimeUnit.SECONDS);

            assertThat(ids()).containsExactly("p0", "p2", "p3");
            assertThat(reader.skipped()).isEqualTo(2);
            assertThat(skipped).extracting(TopicReader.Skipped::offset).containsExactly(1L, 2L);
        }
    }

    @Test
    void shouldFailToCatchUpWhenClosedBefore() throws IOException {
        var runtime = fixture.runtime("early.", 1);

        var reader = TopicReader.start(
                KafkaConnection.to("127.0.0.1:1"), runtime.topics().prompts(), TopicStart.beginning(), read::add);
        // it must not wait for a Kafka that is not there
        assertTimeoutPreemptively(Duration.ofSeconds(10), reader::close);

        assertThatThrownBy(() -> reader.caughtUp().await(1, TimeUnit.SECONDS)).hasMessageContaining("was closed");
    }

    @Test
    void shouldLoseNothingOnFreshTopics() throws Exception {
        for (int i = 0; i < 5; i++) {
            var runtime = fixture.runtime("fresh-" + i + ".", 4);
            fixture.publishPrompts(runtime, 0, 20);
            assertThat(fixture.readAll(runtime.topics().prompts())).hasSize(21);
        }
    }

    @Test
    void shouldAcceptTopicsThatAreThereAndRefuseOthers() throws Exception {
        var runtime = fixture.runtime("again.", 2);
        new TopicCreator(fixture.kafka).create(runtime.topics().all());

        assertThatThrownBy(() -> new TopicCreator(fixture.kafka)
                        .create(List.of(Topics.of("again.", 3).prompts())))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("again.prompts exists with 2 partitions, not 3")
                .hasMessageContaining("kafka.topics.partitions");
    }

    @Test
    void shouldAnswerThePublisherOnItsContext() throws Exception {
        var runtime = fixture.runtime("context.", 1);
        var context = fixture.vertx.getOrCreateContext();
        var same = io.vertx.core.Promise.<Boolean>promise();

        context.runOnContext(ignored -> fixture.publisher
                .publish(runtime.topics().prompts(), "k", StreamFixture.prompt(1))
                .onComplete(result -> same.complete(Vertx.currentContext() == context)));

        assertThat(same.future().await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void shouldFailWhatCannotBePublished() throws Exception {
        var runtime = fixture.runtime("fail.", 1);
        var prompts = runtime.topics().prompts();
        var huge = new Prompt("p", "x".repeat(2 << 20), "test", Instant.EPOCH);

        assertThatThrownBy(() -> fixture.publisher.publish(prompts, "p", huge).await(30, TimeUnit.SECONDS))
                .hasMessageContaining("bytes");
        var incomplete = new Prompt("p", null, "test", Instant.EPOCH);
        assertThatThrownBy(() ->
                        fixture.publisher.publish(prompts, "p", incomplete).await(30, TimeUnit.SECONDS))
                .hasMessageContaining("Cannot encode a Prompt");
        var closed = new Publisher(fixture.kafka);
        closed.close();
        assertThatThrownBy(() ->
                        closed.publish(prompts, "p", StreamFixture.prompt(1)).await(30, TimeUnit.SECONDS))
                .hasMessageContaining("The publisher is closed");
    }
}
