package dev.preflow.app.book;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How far a prompt has come. A prompt ends in exactly one of the two terminal states. */
public enum PromptState {
    /** Accepted; nothing is drawn yet. */
    QUEUED,
    /** Some of its images are drawn. */
    DRAWING,
    /** Its group of images is closed and with the annotators. */
    JUDGING,
    /** Rated: terminal. */
    JUDGED,
    /** Given up with a reason: terminal. */
    DEAD_LETTERED;

    /**
     * Whether nothing more will happen to the prompt.
     *
     * @return true for judged and dead-lettered
     */
    public boolean terminal() {
        return this == JUDGED || this == DEAD_LETTERED;
    }

    /**
     * The name used in JSON and on the command line.
     *
     * @return lower case, with a hyphen
     */
    @JsonValue
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
