package dev.preflow.stream;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A failure that trying again will not mend: the record becomes a dead letter. */
public final class NonRetriableException extends Exception {

    private final String reason;
    private final @Nullable String promptId;
    private final @Nullable Boolean endsPrompt;

    /**
     * @param reason short, stable word for what went wrong, such as "refused"
     * @param detail what went wrong, for people
     */
    public NonRetriableException(String reason, String detail) {
        this(reason, detail, null, null, null);
    }

    /**
     * @param reason short, stable word for what went wrong, such as "refused"
     * @param detail what went wrong, for people
     * @param cause why, if something lower down said so
     */
    public NonRetriableException(String reason, String detail, @Nullable Throwable cause) {
        this(reason, detail, cause, null, null);
    }

    /**
     * @param reason short, stable word for what went wrong, such as "refused"
     * @param detail what went wrong, for people
     * @param cause why, if something lower down said so
     * @param promptId the prompt concerned; null to leave it to the stage's rules
     * @param endsPrompt whether the prompt will now never be judged; null to leave it to the stage's rules
     */
    public NonRetriableException(
            String reason,
            String detail,
            @Nullable Throwable cause,
            @Nullable String promptId,
            @Nullable Boolean endsPrompt) {
        super(detail, cause);
        this.reason = reason;
        this.promptId = promptId;
        this.endsPrompt = endsPrompt;
    }

    /**
     * Short, stable word for what went wrong.
     *
     * @return the word
     */
    public String reason() {
        return reason;
    }

    Optional<String> promptId() {
        return Optional.ofNullable(promptId);
    }

    Optional<Boolean> endsPrompt() {
        return Optional.ofNullable(endsPrompt);
    }
}
