package dev.preflow.annotators.assemble;

import static org.assertj.core.api.Assertions.assertThat;

import dev.preflow.annotators.TestRecords;
import dev.preflow.schemas.BlobRef;
import dev.preflow.schemas.DeadLetter;
import dev.preflow.schemas.GenerationTask;
import dev.preflow.schemas.Ids;
import dev.preflow.schemas.Image;
import dev.preflow.schemas.ImageGroup;
import dev.preflow.schemas.Purpose;
import dev.preflow.schemas.Topics;
import dev.preflow.schemas.UndecodableException;
import dev.preflow.stream.KafkaConnection;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AssemblerTopologyTest {

    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final Duration KEEP = Duration.ofMinutes(10);
    private static final BlobRef PIXELS = new BlobRef("cd".repeat(32), 9L, "image/png");

    /** Their checksums lie on either side of a half. */
    private static final String JUDGED = "g-2";

    private static final String SPARED = "g-1";

    private final Topics topics = Topics.withPrefix("t.");
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private TopologyTestDriver driver;
    private TestInputTopic<byte[], byte[]> images;
    private TestInputTopic<byte[], byte[]> failures;
    private TestOutputTopic<byte[], byte[]> groups;
    private TestOutputTopic<byte[], byte[]> letters;
    private Instant now = Instant.parse("2026-11-23T10:00:00Z");

    @TempDir
    private Path directory;

    @BeforeEach
    void open() {
        var options = new AssemblerOptions(DEADLINE, KEEP, true, 0.5, directory);
        driver = new TopologyTestDriver(
                new AssemblerTopology(topics, options, registry).build(),
                GroupAssembler.properties(KafkaConnection.to("unused:9092"), topics, options),
                now);
        images = driver.createInputTopic(topics.images().name(), new ByteArraySerializer(), new ByteArraySerializer());
        failures = driver.createInputTopic(
                topics.deadLetters().name(), new ByteArraySerializer(), new ByteArraySerializer());
        groups = driver.createOutputTopic(
                topics.groups().name(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        letters = driver.createOutputTopic(
                topics.deadLetters().name(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @AfterEach
    void close() {
        driver.close();
    }

    @Test
    void shouldCloseAGroupWithItsLastImage() {
        draw("p", 2);
        draw("p", 0);
        draw("q", 0);
        draw("p", 3);
        assertThat(groups.isEmpty()).isTrue();
        draw("p", 1);

        var group = onlyGroup();
        assertThat(group.getId()).isEqualTo(Ids.groupId("p"));
        assertThat(group.getPromptText()).isEqualTo("a red cube");
        assertThat(group.getExpected()).isEqualTo(4);
        assertThat(group.getImages()).extracting(Image::getIndex).containsExactly(0, 1, 2, 3);
        assertThat(counted("preflow.assembler.groups", "outcome", "complete")).isEqualTo(1);
    }

    @Test
    void shouldPassOverRolloutsBeyondTheShare() {
        pipe(rollout("p", 0, 1, SPARED));
        pass(Duration.ofMinutes(5));
        assertThat(groups.isEmpty()).isTrue();
        assertThat(letters.isEmpty()).isTrue();
    }

    @Test
    void shouldGatherAShareOfTheRolloutsBesideTheirPromptsOwnImages() {
        draw("p", 0);
        draw("p", 1);
        pipe(rollout("p", 1, 2, JUDGED));
        pipe(rollout("p", 0, 2, "g-3"));
        assertThat(groups.isEmpty()).isTrue();

        pipe(rollout("p", 0, 2, JUDGED));

        var group = onlyGroup();
        assertThat(group.getPromptId()).isEqualTo("p");
        assertThat(group.getId()).isNotEqualTo(Ids.groupId("p"));
        assertThat(group.getExpected()).isEqualTo(2);
        assertThat(group.getImages()).extracting(Image::getRolloutGroup).containsExactly(JUDGED, JUDGED);

        draw("p", 2);
        draw("p", 3);
        assertThat(onlyGroup().getImages())
                .extracting(Image::getPurpose)
                .containsOnly(Purpose.JUDGE)
                .hasSize(4);
    }

    @Test
    void shouldNotEndAPromptWhenARolloutIsNotDrawn() {
        for (int i = 0; i < 4; i++) {
            fail(TestRecords.task("p", i, 4, Purpose.ROLLOUT), JUDGED);
        }

        assertThat(letters.isEmpty()).isTrue();
        assertThat(groups.isEmpty()).isTrue();
        assertThat(counted("preflow.assembler.groups", "outcome", "empty")).isEqualTo(1);
    }

    @Test
    void shouldIgnoreImagesSeenBefore() {
        draw("p", 0);
        draw("p", 0);
        draw("p", 1);
        draw("p", 1);
        draw("p", 2);
        assertThat(groups.isEmpty()).isTrue();
        draw("p", 3);
        assertThat(onlyGroup().getImages()).hasSize(4);
        assertThat(counted("preflow.assembler.ignored", "reason", "duplicate")).isEqualTo(2);
    }

    @Test
    void shouldCloseAGroupThatWaitedTooLongAndIgnoreWhatComesLate() {
        pass(DEADLINE);
        draw("p", 0);
        draw("p", 1);
        pass(DEADLINE.minusSeconds(1));
        assertThat(groups.isEmpty()).isTrue();
        // each arrival moves the deadline
        draw("p", 2);
        pass(DEADLINE.minusSeconds(1));
        assertThat(groups.isEmpty()).isTrue();
        pass(Duration.ofSeconds(2));
        var group = onlyGroup();
        assertThat(group.getImages()).hasSize(3);
        assertThat(group.getExpected()).isEqualTo(4);

        draw("p", 3);
        pass(DEADLINE.plusSeconds(10));
        assertThat(groups.isEmpty()).isTrue();
        assertThat(counted("preflow.assembler.ignored", "reason", "late")).isEqualTo(1);
        assertThat(counted("preflow.assembler.groups", "outcome", "partial")).isEqualTo(1);
    }

    @Test
    void shouldForgetClosedGroupsInTime() {
        for (int i = 0; i < 4; i++) {
            draw("p", i);
        }
        onlyGroup();
        assertThat(driver.getKeyValueStore(GroupGatherer.GROUPS).get("p")).isNotNull();
        pass(KEEP.plusSeconds(1));
        assertThat(driver.getKeyValueStore(GroupGatherer.GROUPS).get("p")).isNull();
        assertThat(driver.getKeyValueStore(GroupGatherer.DUE).approximateNumEntries())
                .isZero();
    }

    @Test
    void shouldNotWaitForImagesThatWillNotCome() {
        draw("p", 0);
        fail("p", 1, Purpose.JUDGE, false);
        draw("p", 2);
        fail("p", 3, Purpose.JUDGE, false);
        var group = onlyGroup();
        assertThat(group.getImages()).extracting(Image::getIndex).containsExactly(0, 2);
        assertThat(group.getExpected()).isEqualTo(4);
        assertThat(letters.isEmpty()).isTrue();
    }

    @Test
    void shouldEndThePromptWhenNothingWasDrawn() throws UndecodableException {
        for (int i = 0; i < 4; i++) {
            fail("p", i, Purpose.JUDGE, false);
        }
        assertThat(groups.isEmpty()).isTrue();
        var letter = topics.deadLetters().codec().decode(letters.readValue());
        assertThat(letter.getReason()).isEqualTo("no-image");
        assertThat(letter.getStage()).isEqualTo("assembler");
        assertThat(letter.getPromptId()).isEqualTo("p");
        assertThat(letter.getEndsPrompt()).isTrue();
        assertThat(letters.isEmpty()).isTrue();
    }

    @Test
    void shouldEndThePromptWhenTheRestOfItsFailuresIsAwaitedInVain() throws UndecodableException {
        pass(DEADLINE);
        fail("p", 0, Purpose.JUDGE, false);
        pass(DEADLINE.plusSeconds(1));
        var letter = topics.deadLetters().codec().decode(letters.readValue());
        assertThat(letter.getReason()).isEqualTo("no-image");
        assertThat(letter.getEndsPrompt()).isTrue();
    }

    @Test
    void shouldTakeAnImageThatWasGivenUpAndDrawnAfterAll() {
        fail("p", 0, Purpose.JUDGE, false);
        draw("p", 0);
        for (int i = 1; i < 4; i++) {
            draw("p", i);
        }
        assertThat(onlyGroup().getImages()).hasSize(4);
    }

    @Test
    void shouldPassOverDeadLettersOfOtherThings() {
        fail("p", 0, Purpose.ROLLOUT, false);
        fail("p", 1, Purpose.JUDGE, true);
        failures.pipeInput(
                new byte[0],
                topics.deadLetters().codec().encode(letter(topics.images().name(), "p", null)));
        assertThat(driver.getKeyValueStore(GroupGatherer.GROUPS).approximateNumEntries())
                .isZero();
        assertThat(letters.isEmpty()).isTrue();
    }

    @Test
    void shouldKeepWhatCannotBeDecodedAsDeadLetters() throws UndecodableException {
        byte[] junk = "not avro".getBytes(StandardCharsets.UTF_8);
        images.pipeInput("k".getBytes(StandardCharsets.UTF_8), junk);
        images.pipeInput(null, new byte[0]);
        failures.pipeInput(null, junk);
        for (int i = 0; i < 4; i++) {
            draw("p", i);
        }
        assertThat(onlyGroup().getImages()).hasSize(4);
        List<DeadLetter> found = new ArrayList<>();
        for (byte[] value : letters.readValuesToList()) {
            found.add(topics.deadLetters().codec().decode(value));
        }
        assertThat(found).hasSize(3).allSatisfy(letter -> {
            assertThat(letter.getReason()).isEqualTo("undecodable");
            assertThat(letter.getEndsPrompt()).isFalse();
        });
        assertThat(found.get(0).getTopic()).isEqualTo("t.images");
        assertThat(found.get(0).getValue()).isEqualTo(ByteBuffer.wrap(junk));
        assertThat(found.get(0).getOffset()).isZero();
        assertThat(found.get(1).getOffset()).isEqualTo(1);
        assertThat(counted("preflow.assembler.ignored", "reason", "undecodable"))
                .isEqualTo(3);
    }

    @Test
    void shouldHoldDeadlinesBackWhileItReadsWhatLayWaiting() {
        pass(DEADLINE);
        draw("p", 0);
        pass(DEADLINE.minusSeconds(1));
        // records written an hour ago: the images of p may be among those to come
        for (int i = 0; i < 10; i++) {
            var old = TestRecords.image("other" + i, 0, 4);
            images.pipeInput(key(old), topics.images().codec().encode(old), now.minus(Duration.ofHours(1)));
            pass(Duration.ofSeconds(1));
            assertThat(groups.isEmpty()).isTrue();
        }
        pass(Duration.ofSeconds(6));
        assertThat(onlyGroup().getPromptId()).isEqualTo("p");
    }

    @Test
    void shouldGiveImagesAWholeDeadlineAfterAStart() {
        draw("p", 0);
        var state = (GroupState) driver.getKeyValueStore(GroupGatherer.GROUPS).get("p");
        driver.close();
        now = now.plus(Duration.ofHours(1));
        open();
        driver.<String, GroupState>getKeyValueStore(GroupGatherer.GROUPS).put("p", state);
        driver.<Bytes, byte[]>getKeyValueStore(GroupGatherer.DUE)
                .put(GroupGatherer.dueKey(state.due(), "p"), new byte[0]);

        pass(DEADLINE.minusSeconds(1));
        assertThat(groups.isEmpty()).isTrue();
        pass(Duration.ofSeconds(2));
        assertThat(onlyGroup().getImages()).hasSize(1);
    }

    @Test
    void shouldForgetMarksWithoutAGroup() {
        pass(DEADLINE);
        draw("p", 0);
        KeyValueStore<Bytes, byte[]> due = driver.getKeyValueStore(GroupGatherer.DUE);
        // as a kill between the changelogs of the two stores leaves them
        due.put(GroupGatherer.dueKey(1, "gone"), new byte[0]);
        due.put(GroupGatherer.dueKey(1, "p"), new byte[0]);

        pass(Duration.ofSeconds(1));

        assertThat(due.get(GroupGatherer.dueKey(1, "gone"))).isNull();
        assertThat(due.get(GroupGatherer.dueKey(1, "p"))).isNull();
        assertThat(groups.isEmpty()).as("its own deadline is not over").isTrue();
        pass(DEADLINE);
        assertThat(onlyGroup().getPromptId()).isEqualTo("p");
    }

    private void draw(String promptId, int index) {
        pipe(TestRecords.image(promptId, index, 4));
    }

    private void pipe(Image image) {
        images.pipeInput(key(image), topics.images().codec().encode(image), now);
    }

    private static byte[] key(Image image) {
        return image.getPromptId().getBytes(StandardCharsets.UTF_8);
    }

    private static Image rollout(String promptId, int index, int groupSize, String group) {
        return Image.newBuilder(TestRecords.image(promptId, index, groupSize, Purpose.ROLLOUT, PIXELS))
                .setRolloutGroup(group)
                .build();
    }

    private void fail(GenerationTask task, String rolloutGroup) {
        fail(GenerationTask.newBuilder(task).setRolloutGroup(rolloutGroup).build(), false);
    }

    private void fail(String promptId, int index, Purpose purpose, boolean endsPrompt) {
        fail(TestRecords.task(promptId, index, 4, purpose), endsPrompt);
    }

    private void fail(GenerationTask task, boolean endsPrompt) {
        var promptId = task.getPromptId();
        var letter = DeadLetter.newBuilder(letter(
                        topics.tasks().name(),
                        promptId,
                        ByteBuffer.wrap(topics.tasks().codec().encode(task))))
                .setEndsPrompt(endsPrompt)
                .build();
        failures.pipeInput(
                promptId.getBytes(StandardCharsets.UTF_8),
                topics.deadLetters().codec().encode(letter),
                now);
    }

    private static DeadLetter letter(String topic, String promptId, ByteBuffer value) {
        return DeadLetter.newBuilder()
                .setId("d")
                .setStage("generator")
                .setTopic(topic)
                .setPartition(0)
                .setOffset(3)
                .setValue(value)
                .setReason("attempts-exhausted")
                .setDetail("out of memory")
                .setAttempts(5)
                .setPromptId(promptId)
                .setCreatedAt(Instant.EPOCH)
                .build();
    }

    private void pass(Duration time) {
        now = now.plus(time);
        driver.advanceWallClockTime(time);
    }

    private ImageGroup onlyGroup() {
        var record = groups.readRecord();
        assertThat(groups.isEmpty()).isTrue();
        try {
            var group = topics.groups().codec().decode(record.value());
            assertThat(record.key()).isEqualTo(group.getPromptId().getBytes(StandardCharsets.UTF_8));
            return group;
        } catch (UndecodableException e) {
            throw new AssertionError(e);
        }
    }

    private double counted(String name, String tag, String value) {
        return registry.get(name).tag(tag, value).counter().count();
    }
}
