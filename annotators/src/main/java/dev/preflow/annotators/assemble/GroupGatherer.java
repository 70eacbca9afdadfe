package dev.preflow.annotators.assemble;

import dev.preflow.schemas.Ids;
import dev.preflow.schemas.Image;
import dev.preflow.schemas.ImageGroup;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Gathers the events of the groups of one partition, and closes each group when it is complete or overdue.
 *
 * <p>Deadlines are of the wall clock, and time also passes while nobody works. A group is therefore closed for being
 * overdue only when this task has run for a whole deadline, and is not still reading what lay waiting: else every restart
 * would cut groups short whose images are on their way.
 */
final class GroupGatherer implements Processor<byte[], Object, byte[], Object> {

    static final String GROUPS = "groups";
    static final String DUE = "due";

    private static final Duration TICK = Duration.ofMillis(200);
    /** A record this young was not waiting, and after this long without a record nothing is. */
    private static final long CAUGHT_UP_MILLIS = 5_000;

    private static final byte[] MARK = {};

    private final String deadLetterTopic;
    private final AssemblerOptions options;
    private final AssemblerMetrics metrics;
    // the context and the stores are set by init, which Kafka Streams calls before anything else
    private ProcessorContext<byte[], Object> context;
    private KeyValueStore<String, GroupState> groups;
    /** Times at which something is due, in order: eight bytes of time and then the group's key. */
    private KeyValueStore<Bytes, byte[]> due;

    private long startedAt;
    private long lastReadAt;
    private long lastWrittenAt;

    GroupGatherer(String deadLetterTopic, AssemblerOptions options, AssemblerMetrics metrics) {
        this.deadLetterTopic = deadLetterTopic;
        this.options = options;
        this.metrics = metrics;
    }

    @Override
    public void init(ProcessorContext<byte[], Object> processorContext) {
        context = processorContext;
        groups = context.getStateStore(GROUPS);
        due = context.getStateStore(DUE);
        startedAt = context.currentSystemTimeMs();
        lastReadAt = startedAt;
        context.schedule(TICK, PunctuationType.WALL_CLOCK_TIME, this::closeOverdue);
    }

    @Override
    public void process(Record<byte[], Object> record) {
        lastReadAt = context.currentSystemTimeMs();
        lastWrittenAt = record.timestamp();
        var event = (GroupEvent) record.value();
        var known = groups.get(event.key());
        if (known != null && known.done()) {
            metrics.late();
            return;
        }
        var before = known == null ? GroupState.open(event) : known;
        var after = before.with(event, lastReadAt + options.deadline().toMillis());
        if (after.isEmpty()) {
            metrics.duplicate();
        } else if (after.get().isComplete()) {
            close(event.key(), before.due(), after.get(), record.timestamp());
        } else {
            remember(event.key(), before.due(), after.get());
        }
    }

    private void closeOverdue(long now) {
        for (var mark : dueUntil(now)) {
            var key = groupKey(mark);
            var state = groups.get(key);
            if (state == null || !mark.equals(dueKey(state.due(), key))) {
                // without exactly-once a kill between the two stores' changelogs leaves a mark behind
                due.delete(mark);
            } else if (state.done()) {
                groups.delete(key);
                due.delete(mark);
            } else if (mayCloseOverdue(now)) {
                close(key, state.due(), state, now);
            }
        }
    }

    private boolean mayCloseOverdue(long now) {
        boolean ranForADeadline = now - startedAt >= options.deadline().toMillis();
        boolean caughtUp = now - lastReadAt >= CAUGHT_UP_MILLIS || now - lastWrittenAt < CAUGHT_UP_MILLIS;
        return ranForADeadline && caughtUp;
    }

    private List<Bytes> dueUntil(long now) {
        var marks = new ArrayList<Bytes>();
        try (var entries = due.range(dueKey(0, ""), dueKey(now + 1, ""))) {
            entries.forEachRemaining(entry -> marks.add(entry.key));
        }
        return marks;
    }

    private void close(String key, long previousDue, GroupState state, long timestamp) {
        var now = Instant.ofEpochMilli(context.currentSystemTimeMs());
        if (!state.images().isEmpty()) {
            metrics.emitted(state.images().size() == state.expected());
            var group = group(key, state, now);
            context.forward(new Record<>(bytes(group.getPromptId()), group, timestamp), AssemblerTopology.GROUPS);
        } else {
            metrics.nothingDrawn();
            // no prompt waits for a rollout: its tasks' own dead letters say enough
            if (!GroupKeys.isRollout(key)) {
                var letter = DeadLetters.noImage(
                        key, state, deadLetterTopic, context.taskId().partition(), now);
                context.forward(new Record<>(bytes(key), letter, timestamp), AssemblerTopology.DEAD_LETTERS);
            }
        }
        remember(
                key,
                previousDue,
                GroupState.closed(now.toEpochMilli() + options.keepDone().toMillis()));
    }

    private void remember(String key, long previousDue, GroupState state) {
        due.delete(dueKey(previousDue, key));
        due.put(dueKey(state.due(), key), MARK);
        groups.put(key, state);
    }

    private static ImageGroup group(String key, GroupState state, Instant now) {
        var images = new ArrayList<Image>(state.images().values());
        return new ImageGroup(
                Ids.groupId(key), images.get(0).getPromptId(), state.promptText(), images, state.expected(), now);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static Bytes dueKey(long at, String key) {
        byte[] id = bytes(key);
        return Bytes.wrap(
                ByteBuffer.allocate(Long.BYTES + id.length).putLong(at).put(id).array());
    }

    private static String groupKey(Bytes dueKey) {
        byte[] bytes = dueKey.get();
        return new String(bytes, Long.BYTES, bytes.length - Long.BYTES, StandardCharsets.UTF_8);
    }
}
