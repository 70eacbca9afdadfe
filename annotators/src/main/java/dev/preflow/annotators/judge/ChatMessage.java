package dev.preflow.annotators.judge;

import java.util.List;

/**
 * One turn of a chat.
 *
 * @param role who speaks
 * @param parts what is said, in order
 */
public record ChatMessage(Role role, List<ContentPart> parts) {

    /** Who speaks. */
    public enum Role {
        /** Whoever asks. */
        USER,
        /** The model. */
        ASSISTANT
    }

    /** Copies the parts. */
    public ChatMessage {
        parts = List.copyOf(parts);
    }

    /**
     * A turn of words only.
     *
     * @param role who speaks
     * @param text the words
     * @return the turn
     */
    public static ChatMessage text(Role role, String text) {
        return new ChatMessage(role, List.of(new ContentPart.Text(text)));
    }
}
