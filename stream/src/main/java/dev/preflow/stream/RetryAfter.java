package dev.preflow.stream;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The {@code Retry-After} header (RFC 9110, section 10.2.3): seconds, or a date. */
public final class RetryAfter {

    /** An endpoint that asks for more is not waited for longer: its quota may have been refilled by hand meanwhile. */
    private static final Duration LONGEST = Duration.ofMinutes(10);

    private RetryAfter() {}

    /**
     * Reads the header.
     *
     * @param header its value; null when it is absent
     * @param now what a date is compared with
     * @return how long to wait, between 0 and ten minutes; empty when the header is absent or says nothing that can be read
     */
    public static Optional<Duration> parse(@Nullable String header, Instant now) {
        if (header == null) {
            return Optional.empty();
        }
        var value = header.strip();
        if (value.matches("\\d+(\\.\\d+)?")) {
            return Optional.of(bounded(Duration.ofMillis((long) Math.ceil(1000 * Double.parseDouble(value)))));
        }
        try {
            var at = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME);
            return Optional.of(bounded(Duration.between(now, at.toInstant())));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private static Duration bounded(Duration wish) {
        if (wish.isNegative()) {
            return Duration.ZERO;
        }
        return wish.compareTo(LONGEST) > 0 ? LONGEST : wish;
    }
}
