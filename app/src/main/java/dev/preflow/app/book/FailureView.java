package dev.preflow.app.book;

import dev.preflow.schemas.DeadLetter;

/**
 * Something that was given up.
 *
 * @param stage the stage that gave up
 * @param reason short, stable word, such as "refused"
 * @param detail for people
 * @param attempts attempts made
 * @param endsPrompt whether it ended the prompt
 * @param createdAt when, ISO 8601
 */
public record FailureView(
        String stage, String reason, String detail, int attempts, boolean endsPrompt, String createdAt) {

    static FailureView of(DeadLetter letter) {
        return new FailureView(
                letter.getStage(),
                letter.getReason(),
                letter.getDetail(),
                letter.getAttempts(),
                letter.getEndsPrompt(),
                letter.getCreatedAt().toString());
    }
}
