package dev.preflow.scorer.store;

import dev.preflow.schemas.Image;
import dev.preflow.schemas.Preference;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.duckdb.DuckDBAppender;

/** One row per preference, both images flat beside each other. */
final class PreferenceColumns implements Columns<Preference> {

    @Override
    public String declaration() {
        return "id VARCHAR, annotation_id VARCHAR, prompt_id VARCHAR, prompt VARCHAR, aspect VARCHAR, margin FLOAT, "
                + image("better") + ", " + image("worse") + ", created_at TIMESTAMP";
    }

    private static String image(String side) {
        return ("%1$s_image_id VARCHAR, %1$s_sha256 VARCHAR, %1$s_generator VARCHAR, %1$s_policy_release VARCHAR, "
                        + "%1$s_seed BIGINT, %1$s_guidance_scale FLOAT, %1$s_steps INTEGER")
                .formatted(side);
    }

    @Override
    public List<String> ids(Preference preference) {
        return List.of(preference.getId());
    }

    @Override
    public void append(Preference preference, DuckDBAppender row) throws SQLException {
        row.beginRow();
        row.append(preference.getId());
        row.append(preference.getAnnotationId());
        row.append(preference.getPromptId());
        row.append(preference.getPromptText());
        var aspect = preference.getAspect();
        row.append(aspect == null ? null : aspect.name());
        row.append(preference.getMargin());
        append(preference.getBetter(), row);
        append(preference.getWorse(), row);
        row.append(LocalDateTime.ofInstant(preference.getCreatedAt(), ZoneOffset.UTC));
        row.endRow();
    }

    private static void append(Image image, DuckDBAppender row) throws SQLException {
        row.append(image.getId());
        row.append(image.getPixels().getSha256());
        row.append(image.getGenerator());
        row.append(image.getPolicyRelease());
        row.append(image.getSeed());
        row.append(image.getGuidanceScale());
        row.append(image.getSteps());
    }
}
