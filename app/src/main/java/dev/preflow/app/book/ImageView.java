package dev.preflow.app.book;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.preflow.schemas.Image;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One image with what is known of it.
 *
 * @param id identity of the image
 * @param url where the gateway serves its pixels
 * @param mediaType of the pixels
 * @param width in pixels
 * @param height in pixels
 * @param purpose "judge" or "rollout"
 * @param generator who drew it
 * @param policyRelease the release whose weights drew it; absent for a generator without releases
 * @param index place within its group, from 0
 * @param seed seed it was drawn with, in decimal: JSON numbers lose the low digits of a long
 * @param guidanceScale guidance scale it was drawn with
 * @param steps denoising steps it was drawn with
 * @param createdAt when it was drawn, ISO 8601
 * @param ratings every rating given; a missing rating is absent
 * @param scores VP-Score's scores, newest first
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ImageView(
        String id,
        String url,
        String mediaType,
        int width,
        int height,
        String purpose,
        String generator,
        @Nullable String policyRelease,
        int index,
        String seed,
        float guidanceScale,
        int steps,
        String createdAt,
        List<RatingView> ratings,
        List<ScoreView> scores) {

    /**
     * The view of an image.
     *
     * @param image the image
     * @param ratings its ratings
     * @param scores its scores, newest first
     * @return the view
     */
    public static ImageView of(Image image, List<RatingView> ratings, List<ScoreView> scores) {
        return new ImageView(
                image.getId(),
                "/v1/images/" + image.getPixels().getSha256(),
                image.getPixels().getMediaType(),
                image.getWidth(),
                image.getHeight(),
                image.getPurpose().name().toLowerCase(Locale.ROOT),
                image.getGenerator(),
                image.getPolicyRelease(),
                image.getIndex(),
                Long.toString(image.getSeed()),
                image.getGuidanceScale(),
                image.getSteps(),
                image.getCreatedAt().toString(),
                List.copyOf(ratings),
                List.copyOf(scores));
    }
}
