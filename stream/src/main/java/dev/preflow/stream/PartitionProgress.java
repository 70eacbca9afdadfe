package dev.preflow.stream;

import java.util.ArrayDeque;
import org.apache.kafka.common.TopicPartition;

/**
 * What is known of one assigned partition: its records in order of offset, and how far all of them are done. Touched by the
 * consumer's thread only, but for {@link #released}.
 */
final class PartitionProgress {

    private static final long NOTHING = -1;

    private final TopicPartition partition;
    private final ArrayDeque<InFlight> records = new ArrayDeque<>();
    private long nextOffset = NOTHING;
    private long committed = NOTHING;
    private volatile boolean released;

    PartitionProgress(TopicPartition partition) {
        this.partition = partition;
    }

    TopicPartition partition() {
        return partition;
    }

    void add(InFlight record) {
        records.add(record);
        nextOffset = record.offset() + 1;
    }

    /** The records beyond the watermark, done or not. */
    int ahead() {
        trim();
        return records.size();
    }

    /** The records that are not done. */
    long unfinished() {
        return records.stream()
                .filter(record -> !record.is(InFlight.State.DONE))
                .count();
    }

    /** Whether a handler is at work on one of its records. */
    boolean busy() {
        return records.stream().anyMatch(record -> record.is(InFlight.State.RUNNING));
    }

    /** Whether the watermark has moved since it was committed last. */
    boolean hasUncommitted() {
        trim();
        return nextOffset != NOTHING && watermark() != committed;
    }

    /** The offset up to which every record is done. */
    long watermark() {
        trim();
        return records.isEmpty() ? nextOffset : records.element().offset();
    }

    void committed(long offset) {
        committed = offset;
    }

    void commitFailed() {
        committed = NOTHING;
    }

    /**
     * Nothing more is started or tried again for this partition.
     *
     * @return how many records were waiting for another attempt, and will not get it
     */
    int release() {
        released = true;
        return (int) records.stream()
                .filter(record -> record.move(InFlight.State.WAITING, InFlight.State.RELEASED))
                .count();
    }

    boolean released() {
        return released;
    }

    private void trim() {
        while (!records.isEmpty() && records.element().is(InFlight.State.DONE)) {
            records.remove();
        }
    }
}
