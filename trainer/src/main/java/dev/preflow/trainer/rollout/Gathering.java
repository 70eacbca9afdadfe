package dev.preflow.trainer.rollout;

import dev.preflow.schemas.Rollout;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A group that is not complete. Rewards of different releases cannot be compared, so the rollouts of each are kept apart: after
 * a crash between its rollouts the scorer publishes a group again, perhaps with a newer release.
 */
final class Gathering {
    private Instant latest = Instant.MIN;
    private final Map<String, TreeMap<Integer, Rollout>> byRewardRelease = new LinkedHashMap<>();

    /** When its latest rollout came. */
    Instant latest() {
        return latest;
    }

    /** Takes a rollout in, once for each place; returns whether the group is complete now. */
    boolean add(Rollout rollout, Instant now) {
        latest = now;
        TreeMap<Integer, Rollout> rollouts =
                byRewardRelease.computeIfAbsent(rollout.getRewardRelease(), release -> new TreeMap<>());
        rollouts.putIfAbsent(rollout.getImage().getIndex(), rollout);
        return rollouts.size() >= rollout.getImage().getGroupSize();
    }

    /** The rollouts of the release that has scored most of them, by index. */
    List<Rollout> rollouts() {
        return byRewardRelease.values().stream()
                .max(Comparator.comparingInt(Map::size))
                .map(rollouts -> List.copyOf(rollouts.values()))
                .orElseThrow();
    }
}
