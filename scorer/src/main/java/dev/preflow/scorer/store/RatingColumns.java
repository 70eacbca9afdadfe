package dev.preflow.scorer.store;

import dev.preflow.schemas.Annotation;
import dev.preflow.schemas.Ids;
import dev.preflow.schemas.Image;
import dev.preflow.schemas.Rating;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.duckdb.DuckDBAppender;

/** One row per rating: an image, an aspect, a score and why, as VisionPrefer publishes them. */
final class RatingColumns implements Columns<Annotation> {

    @Override
    public String declaration() {
        return "id VARCHAR, annotation_id VARCHAR, group_id VARCHAR, prompt_id VARCHAR, prompt VARCHAR, "
                + "image_id VARCHAR, image_sha256 VARCHAR, width INTEGER, height INTEGER, generator VARCHAR, "
                + "policy_release VARCHAR, seed BIGINT, guidance_scale FLOAT, steps INTEGER, aspect VARCHAR, "
                + "rating INTEGER, rationale VARCHAR, annotator VARCHAR, model VARCHAR, created_at TIMESTAMP";
    }

    @Override
    public List<String> ids(Annotation annotation) {
        return annotation.getRatings().stream()
                .map(rating -> id(annotation, rating))
                .toList();
    }

    @Override
    public void append(Annotation annotation, DuckDBAppender row) throws SQLException {
        Map<String, Image> images =
                annotation.getImages().stream().collect(Collectors.toMap(Image::getId, Function.identity()));
        for (var rating : annotation.getRatings()) {
            var image = images.get(rating.getImageId());
            if (image == null) {
                throw new IllegalArgumentException("Annotation " + annotation.getId() + " rates image "
                        + rating.getImageId() + ", which is not among its images");
            }
            append(annotation, rating, image, row);
        }
    }

    private static void append(Annotation annotation, Rating rating, Image image, DuckDBAppender row)
            throws SQLException {
        row.beginRow();
        row.append(id(annotation, rating));
        row.append(annotation.getId());
        row.append(annotation.getGroupId());
        row.append(annotation.getPromptId());
        row.append(annotation.getPromptText());
        row.append(image.getId());
        row.append(image.getPixels().getSha256());
        row.append(image.getWidth());
        row.append(image.getHeight());
        row.append(image.getGenerator());
        row.append(image.getPolicyRelease());
        row.append(image.getSeed());
        row.append(image.getGuidanceScale());
        row.append(image.getSteps());
        row.append(rating.getAspect().name());
        row.append(rating.getScore());
        row.append(rating.getRationale());
        row.append(annotation.getAnnotator());
        row.append(annotation.getModel());
        row.append(LocalDateTime.ofInstant(annotation.getCreatedAt(), ZoneOffset.UTC));
        row.endRow();
    }

    private static String id(Annotation annotation, Rating rating) {
        return Ids.id(
                "rating",
                List.of(
                        annotation.getId(),
                        rating.getImageId(),
                        rating.getAspect().name()));
    }
}
