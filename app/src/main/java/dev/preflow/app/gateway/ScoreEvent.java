package dev.preflow.app.gateway;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.preflow.app.book.ImageView;
import dev.preflow.app.book.PromptBook;
import dev.preflow.app.book.ScoreView;
import dev.preflow.schemas.Score;
import java.util.List;

/**
 * What a subscriber is told of one score.
 *
 * @param id identity of the score
 * @param promptId the prompt
 * @param promptText its words
 * @param value the score; higher is better; comparable within one reward release only
 * @param rewardRelease the release that gave it
 * @param createdAt when, ISO 8601
 * @param image the image, with the ratings that are known by now
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ScoreEvent(
        String id,
        String promptId,
        String promptText,
        float value,
        String rewardRelease,
        String createdAt,
        ImageView image) {

    static ScoreEvent of(Score score, PromptBook book) {
        var image = score.getImage();
        var view = new ScoreView(
                score.getValue(), score.getRewardRelease(), score.getCreatedAt().toString());
        return new ScoreEvent(
                score.getId(),
                image.getPromptId(),
                image.getPromptText(),
                score.getValue(),
                score.getRewardRelease(),
                score.getCreatedAt().toString(),
                ImageView.of(image, book.ratings(image.getPromptId(), image.getId()), List.of(view)));
    }
}
