package dev.preflow.stream;

import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** One record on its way through a stage. The handler's context and the consumer's thread both move its state. */
final class InFlight {

    /** Where a record stands. */
    enum State {
        /** Taken, not started. */
        QUEUED,
        /** A handler, or the publishing of its dead letter, is at work. */
        RUNNING,
        /** Waits for its next attempt. */
        WAITING,
        /** Its results, or its dead letter, are acknowledged. */
        DONE,
        /** Given back unfinished: another owner, or this one after a restart, takes it again. */
        RELEASED
    }

    private final ConsumerRecord<byte[], byte[]> raw;
    private final PartitionProgress partition;
    private final AtomicReference<State> state = new AtomicReference<>(State.QUEUED);

    InFlight(ConsumerRecord<byte[], byte[]> raw, PartitionProgress partition) {
        this.raw = raw;
        this.partition = partition;
    }

    ConsumerRecord<byte[], byte[]> raw() {
        return raw;
    }

    PartitionProgress partition() {
        return partition;
    }

    long offset() {
        return raw.offset();
    }

    boolean is(State expected) {
        return state.get() == expected;
    }

    /** Moves from one state to another; false when it was no longer in the first. */
    boolean move(State from, State to) {
        return state.compareAndSet(from, to);
    }
}
