package dev.preflow.annotators.judge;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The endpoint gave no reply. The message names the cause and the way out, and never holds the key. */
public final class JudgeException extends RuntimeException {

    private final String reason;
    private final boolean retriable;
    private final @Nullable Duration retryAfter;

    private JudgeException(
            String reason,
            boolean retriable,
            @Nullable Duration retryAfter,
            String message,
            @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
        this.retriable = retriable;
        this.retryAfter = retryAfter;
    }

    static JudgeException retriable(String reason, String message, @Nullable Duration retryAfter) {
        return new JudgeException(reason, true, retryAfter, message, null);
    }

    static JudgeException retriable(String reason, String message, @Nullable Throwable cause) {
        return new JudgeException(reason, true, null, message, cause);
    }

    static JudgeException fatal(String reason, String message) {
        return new JudgeException(reason, false, null, message, null);
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
     * Whether the same request may succeed later.
     *
     * @return false when asking again cannot help
     */
    public boolean isRetriable() {
        return retriable;
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
