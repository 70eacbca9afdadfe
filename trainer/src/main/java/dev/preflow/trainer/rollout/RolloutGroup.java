package dev.preflow.trainer.rollout;

import dev.preflow.schemas.Rollout;
import java.util.List;

/**
 * The rollouts of one group: images of one prompt, drawn by one policy release and scored by one reward release.
 *
 * @param id the group's name
 * @param rollouts by index, at least one
 */
public record RolloutGroup(String id, List<Rollout> rollouts) {
    public RolloutGroup {
        rollouts = List.copyOf(rollouts);
    }

    /** The policy release that drew it; empty if the images name none. */
    public String policyRelease() {
        String release = rollouts.get(0).getImage().getPolicyRelease();
        return release == null ? "" : release;
    }
}
