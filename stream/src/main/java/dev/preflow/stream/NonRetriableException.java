package dev.preflow.stream;

import org.jspecify.annotations.Nullable;

/** A failure that trying again will not mend: the record becomes a dead letter. */
public final class NonRetriableException extends Exception {

    private final String reason;

    /**
     * @param reason short, stable word for what went wrong, such as "refused"
     * @param detail what went wrong, for people
     */
    public NonRetriableException(String reason, String detail) {
        this(reason, detail, null);
    }

    /**
     * @param reason short, stable word for what went wrong, such as "refused"
     * @param detail what went wrong, for people
     * @param cause why, if something lower down said so
     */
    public NonRetriableException(String reason, String detail, @Nullable Throwable cause) {
        super(detail, cause);
        this.reason = reason;
    }

    /**
     * Short, stable word for what went wrong.
     *
     * @return the word
     */
    public String reason() {
        return reason;
    }
}
