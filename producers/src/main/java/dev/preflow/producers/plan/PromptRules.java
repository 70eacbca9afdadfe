package dev.preflow.producers.plan;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What makes the words of a prompt fit to be drawn.
 *
 * @param maxCharacters longest text, in UTF-16 units, from 1
 * @param images drawn of a prompt, from 1: a group repeats the words with each of them and travels in one message
 */
public record PromptRules(int maxCharacters, int images) {
    /** Of the 1 MiB that Kafka takes: the rest is for what else is said of the images. */
    private static final int MAX_GROUP_BYTES = 768 * 1024;

    /** Checks the range. */
    public PromptRules {
        if (maxCharacters < 1) {
            throw new IllegalArgumentException(
                    "The longest prompt must have at least 1 character, not " + maxCharacters);
        }
    }

    /**
     * Looks for what is wrong with a prompt.
     *
     * @param text its words
     * @return what is wrong, empty when nothing is
     */
    public Optional<Violation> violation(String text) {
        if (text.codePoints().allMatch(PromptRules::isInvisible)) {
            return Optional.of(new Violation("empty-prompt", "There are no words to draw: write some"));
        }
        if (text.length() > maxCharacters) {
            return Optional.of(new Violation(
                    "prompt-too-long",
                    "It has %d characters, at most %d are drawn: shorten it".formatted(text.length(), maxCharacters)));
        }
        if (hasUnpairedSurrogate(text)) {
            return Optional.of(new Violation(
                    "malformed-prompt",
                    "It holds half of a surrogate pair, which no encoding can carry: write whole characters"));
        }
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if ((images + 1L) * bytes > MAX_GROUP_BYTES) {
            return Optional.of(new Violation(
                    "prompt-too-long",
                    "It has %d bytes, at most %d can travel with each of %d images: shorten it, or draw fewer"
                            .formatted(bytes, MAX_GROUP_BYTES / (images + 1), images)));
        }
        return Optional.empty();
    }

    /**
     * Whether a text holds a surrogate without its other half.
     *
     * @param text any text
     * @return true when it is not well-formed UTF-16
     */
    public static boolean hasUnpairedSurrogate(String text) {
        return text.codePoints()
                .anyMatch(point -> point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE);
    }

    private static boolean isInvisible(int point) {
        return Character.isWhitespace(point)
                || Character.isSpaceChar(point)
                || Character.isISOControl(point)
                || Character.getType(point) == Character.FORMAT;
    }

    /**
     * What is wrong with a prompt.
     *
     * @param reason a short, stable word: "empty-prompt", "prompt-too-long" or "malformed-prompt"
     * @param detail for people
     */
    public record Violation(String reason, String detail) {}
}
