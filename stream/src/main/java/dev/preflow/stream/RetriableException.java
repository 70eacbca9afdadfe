package dev.preflow.stream;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A failure that may pass: the stage tries again. */
public final class RetriableException extends Exception {

    private final @Nullable Duration retryAfter;

    /**
     * @param message what failed
     * @param cause why, if something lower down said so
     */
    public RetriableException(String message, @Nullable Throwable cause) {
        this(message, cause, null);
    }

    /**
     * @param message what failed
     * @param cause why, if something lower down said so
     * @param retryAfter how long the other side asks to be left alone (HTTP's Retry-After); null when it does not
     */
    public RetriableException(String message, @Nullable Throwable cause, @Nullable Duration retryAfter) {
        super(message, cause);
        this.retryAfter = retryAfter;
    }

    /**
     * How long the other side asks to be left alone.
     *
     * @return the time, when it said one
     */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
