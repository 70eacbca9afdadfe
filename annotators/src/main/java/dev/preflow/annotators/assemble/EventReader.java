package dev.preflow.annotators.assemble;

import dev.preflow.schemas.UndecodableException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** Decodes the records of a topic into events of groups; what cannot be decoded becomes a dead letter and stops nothing. */
final class EventReader implements Processor<byte[], byte[], byte[], Object> {

    /** Decodes one record; empty when it concerns no group. */
    @FunctionalInterface
    interface Decoder {
        Optional<GroupEvent> decode(byte @Nullable [] value, long offset) throws UndecodableException;
    }

    private final Decoder decoder;
    private final AssemblerMetrics metrics;
    // set by init, which Kafka Streams calls before anything else
    private ProcessorContext<byte[], Object> context;

    EventReader(Decoder decoder, AssemblerMetrics metrics) {
        this.decoder = decoder;
        this.metrics = metrics;
    }

    @Override
    public void init(ProcessorContext<byte[], Object> processorContext) {
        context = processorContext;
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        RecordMetadata at = context.recordMetadata()
                .orElseThrow(() -> new IllegalStateException("A record read from a topic has a place on it"));
        try {
            decoder.decode(record.value(), at.offset())
                    .ifPresent(event -> context.forward(
                            record.withKey(event.key().getBytes(StandardCharsets.UTF_8))
                                    .withValue(event),
                            AssemblerTopology.GATHER));
        } catch (UndecodableException e) {
            metrics.undecodable();
            var letter = DeadLetters.undecodable(record, at, e, Instant.ofEpochMilli(context.currentSystemTimeMs()));
            context.forward(record.withValue(letter), AssemblerTopology.DEAD_LETTERS);
        }
    }
}
