package dev.preflow.stream;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a dead letter keeps of its record's value: all of it, unless it would no longer fit into a Kafka message (1 MiB).
 *
 * @param bytes the value; null when the record had none, or had more than 512 KiB
 * @param note to be written after the detail: how many bytes were left out, empty when none were
 */
public record KeptValue(@Nullable ByteBuffer bytes, String note) {

    private static final int MAX_BYTES = 512 * 1024;

    /**
     * Keeps what fits.
     *
     * @param value the record's value
     * @return what the dead letter holds of it
     */
    public static KeptValue of(byte @Nullable [] value) {
        if (value == null) {
            return new KeptValue(null, "");
        }
        return value.length > MAX_BYTES
                ? new KeptValue(null, " (value of %d bytes left out)".formatted(value.length))
                : new KeptValue(ByteBuffer.wrap(value), "");
    }
}
