package dev.preflow.annotators.judge;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The endpoint gave no reply. The message names the cause and the way out, and never holds the key. */
public final class JudgeException extends RuntimeException {

    /** What a failure means for the request. */
    public enum Kind {
        /** The same request may succeed later. */
        PASSING,
        /** The endpoint refuses every request until somebody mends something, such as the key or the account. */
        OUTAGE,
        /** It is the request: asking again cannot help. */
        FATAL
    }

    private final String reason;
    private final Kind kind;
    private final @Nullable Duration retryAfter;

    private JudgeException(
            String reason, Kind kind, @Nullable Duration retryAfter, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
        this.kind = kind;
        this.retryAfter = retryAfter;
    }

    static JudgeException retriable(String reason, String message, @Nullable Duration retryAfter) {
        return new JudgeException(reason, Kind.PASSING, retryAfter, message, null);
    }

    static JudgeException retriable(String reason, String message, @Nullable Throwable cause) {
        return new JudgeException(reason, Kind.PASSING, null, message, cause);
    }

    static JudgeException outage(String reason, String message) {
        return new JudgeException(reason, Kind.OUTAGE, null, message, null);
    }

    static JudgeException fatal(String reason, String message) {
        return new JudgeException(reason, Kind.FATAL, null, message, null);
    }

    /**
     * What went wrong, as a short and stable word.
     *
     * @return such as {@code judge-timeout} or {@code judge-unauthorized}
     */
    public String reason() {
        return reason;
    }

    /**
     * What it means for the request.
     *
     * @return whether asking again can help, and when
     */
    public Kind kind() {
        return kind;
    }

    /**
     * How long the endpoint asked to be left alone.
     *
     * @return its {@code Retry-After}; empty when it sent none
     */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
