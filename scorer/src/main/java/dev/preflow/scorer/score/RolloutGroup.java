package dev.preflow.scorer.score;

import io.vertx.core.Promise;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The images of one rollout group, while they gather. Guarded by {@link RolloutGroups}. */
final class RolloutGroup {

    private final String id;
    private final int size;
    private final Map<String, Scorable> images = new LinkedHashMap<>();
    private final Promise<Void> scored = Promise.promise();
    private Instant deadline = Instant.MAX;

    RolloutGroup(String id, int size) {
        this.id = id;
        this.size = size;
    }

    /** Takes an image in, and waits for the others until a new deadline. */
    void add(Scorable scorable, Instant until) {
        images.put(scorable.image().getId(), scorable);
        deadline = until;
    }

    boolean complete() {
        return images.size() >= size;
    }

    boolean overdue(Instant now) {
        return !now.isBefore(deadline);
    }

    /** The group's name. */
    String id() {
        return id;
    }

    /** What has gathered. */
    List<Scorable> images() {
        return List.copyOf(images.values());
    }

    /** To be completed when every score and rollout of the group is acknowledged. */
    Promise<Void> scored() {
        return scored;
    }
}
