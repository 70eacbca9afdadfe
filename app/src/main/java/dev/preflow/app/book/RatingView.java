package dev.preflow.app.book;

import dev.preflow.schemas.Rating;
import java.util.Locale;

/**
 * One rating of an image.
 *
 * @param annotator who gave it
 * @param aspect what was rated, such as "prompt-following"
 * @param score from 1 (worst) to 5 (best)
 * @param rationale why, in the annotator's words
 */
public record RatingView(String annotator, String aspect, int score, String rationale) {

    static RatingView of(String annotator, Rating rating) {
        var aspect = rating.getAspect().name().toLowerCase(Locale.ROOT).replace('_', '-');
        return new RatingView(annotator, aspect, rating.getScore(), rating.getRationale());
    }
}
