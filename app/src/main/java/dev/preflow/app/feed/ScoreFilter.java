package dev.preflow.app.feed;

import dev.preflow.schemas.Purpose;
import dev.preflow.schemas.Score;
import org.jspecify.annotations.Nullable;

/**
 * Which scores a subscriber wants. A condition that is null lets everything through.
 *
 * @param minScore the lowest score
 * @param generator the generator's name
 * @param promptId the prompt
 * @param purpose why the image was drawn
 */
public record ScoreFilter(
        @Nullable Double minScore,
        @Nullable String generator,
        @Nullable String promptId,
        @Nullable Purpose purpose) {

    /**
     * Lets everything through.
     *
     * @return the filter without conditions
     */
    public static ScoreFilter all() {
        return new ScoreFilter(null, null, null, null);
    }

    /**
     * Whether a score is wanted.
     *
     * @param score the score
     * @return true when it meets every condition
     */
    public boolean test(Score score) {
        var image = score.getImage();
        return (minScore == null || score.getValue() >= minScore)
                && (generator == null || generator.equals(image.getGenerator()))
                && (promptId == null || promptId.equals(image.getPromptId()))
                && (purpose == null || purpose == image.getPurpose());
    }
}
