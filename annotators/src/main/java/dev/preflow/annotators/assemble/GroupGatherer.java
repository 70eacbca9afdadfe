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
    /** Times at which something is due, in order: eight bytes of time and then the prompt id. */
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
        var known = groups.get(event.promptId());
        if (known != null && known.done()) {
            metrics.late();
            return;
        }
        var before = known == null ? GroupState.open(event) : known;
        var after = before.with(event, lastReadAt + options.deadline().toMillis());
        if (after.isEmpty()) {
            metrics.duplicate();
        } else if (after.get().isComplete()) {
            close(event.promptId(), before.due(), after.get(), record.timestamp());
        } else {
            remember(event.promptId(), before.due(), after.get());
        }
    }

    private void closeOverdue(long now) {
        for (var promptId : dueUntil(now)) {
            var state = groups.get(promptId);
            if (state.done()) {
                groups.delete(promptId);
                due.delete(dueKey(state.due(), promptId));
            } else if (mayCloseOverdue(now)) {
                close(promptId, state.due(), state, now);
            }
        }
    }

    private boolean mayCloseOverdue(long now) {
        boolean ranForADeadline = now - startedAt >= options.deadline().toMillis();
        boolean caughtUp = now - lastReadAt >= CAUGHT_UP_MILLIS || now - lastWrittenAt < CAUGHT_UP_MILLIS;
        return ranForADeadline && caughtUp;
    }

    private List<String> dueUntil(long now) {
        var promptIds = new ArrayList<String>();
        try (var entries = due.range(dueKey(0, ""), dueKey(now + 1, ""))) {
            entries.forEachRemaining(entry -> promptIds.add(promptId(entry.key)));
        }
        return promptIds;
    }

    private void close(String promptId, long previousDue, GroupState state, long timestamp) {
        var now = Instant.ofEpochMilli(context.currentSystemTimeMs());
        var key = promptId.getBytes(StandardCharsets.UTF_8);
        if (state.images().isEmpty()) {
            metrics.nothingDrawn();
            var letter = DeadLetters.noImage(
                    promptId, state, deadLetterTopic, context.taskId().partition(), now);
            context.forward(new Record<>(key, letter, timestamp), AssemblerTopology.DEAD_LETTERS);
        } else {
            metrics.emitted(state.images().size() == state.expected());
            context.forward(new Record<>(key, group(promptId, state, now), timestamp), AssemblerTopology.GROUPS);
        }
        remember(
                promptId,
                previousDue,
                GroupState.closed(now.toEpochMilli() + options.keepDone().toMillis()));
    }

    private void remember(String promptId, long previousDue, GroupState state) {
        due.delete(dueKey(previousDue, promptId));
        due.put(dueKey(state.due(), promptId), MARK);
        groups.put(promptId, state);
    }

    private static ImageGroup group(String promptId, GroupState state, Instant now) {
        var images = new ArrayList<Image>(state.images().values());
        return new ImageGroup(Ids.groupId(promptId), promptId, state.promptText(), images, state.expected(), now);
    }

    static Bytes dueKey(long at, String promptId) {
        byte[] id = promptId.getBytes(StandardCharsets.UTF_8);
        return Bytes.wrap(
                ByteBuffer.allocate(Long.BYTES + id.length).putLong(at).put(id).array());
    }

    private static String promptId(Bytes dueKey) {
        byte[] bytes = dueKey.get();
        return new String(bytes, Long.BYTES, bytes.length - Long.BYTES, StandardCharsets.UTF_8);
    }
}
