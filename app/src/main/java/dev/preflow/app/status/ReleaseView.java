package dev.preflow.app.status;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.preflow.schemas.Release;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One release.
 *
 * @param id its identity
 * @param number counts the releases of a kind from 1
 * @param parent the release it was trained from; absent for the first
 * @param createdAt when it was published, ISO 8601
 * @param metrics what was measured before it was let pass; what was not measured is absent
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ReleaseView(
        String id, int number, @Nullable String parent, String createdAt, Map<String, Double> metrics) {

    static ReleaseView of(Release release) {
        return new ReleaseView(
                release.getId(),
                release.getNumber(),
                release.getParent(),
                release.getCreatedAt().toString(),
                new TreeMap<>(release.getMetrics()));
    }
}
