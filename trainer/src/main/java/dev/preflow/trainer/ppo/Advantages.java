package dev.preflow.trainer.ppo;

import java.util.List;
import java.util.Optional;

/**
 * How much better each image of a group is than the group: its reward relative to the group's mean and standard deviation,
 * clipped. Groups are compared within one prompt, as DDPO's per-prompt statistics and group-relative methods do.
 *
 * @param clip bound of an advantage's absolute value
 */
public record Advantages(float clip) {
    /** Below this spread a group says nothing: its images are equally good. */
    private static final double LEAST_DEVIATION = 1e-4;

    private static final double EPSILON = 1e-6;

    /**
     * The advantages of a group's images, in their order.
     *
     * @param group at least two images of one prompt, scored by one reward release
     * @return empty if the rewards have no spread
     * @throws IllegalArgumentException if the group mixes reward releases, has fewer than two images, or a reward is not finite
     */
    public Optional<float[]> of(List<Sample> group) {
        check(group);
        double mean = group.stream().mapToDouble(Sample::reward).average().orElseThrow();
        double variance = group.stream()
                .mapToDouble(sample -> Math.pow(sample.reward() - mean, 2))
                .average()
                .orElseThrow();
        double deviation = Math.sqrt(variance);
        if (deviation < LEAST_DEVIATION) {
            return Optional.empty();
        }
        float[] advantages = new float[group.size()];
        for (int i = 0; i < advantages.length; i++) {
            double advantage = (group.get(i).reward() - mean) / (deviation + EPSILON);
            advantages[i] = (float) Math.max(-clip, Math.min(clip, advantage));
        }
        return Optional.of(advantages);
    }

    private static void check(List<Sample> group) {
        if (group.size() < 2) {
            throw new IllegalArgumentException("A group of " + group.size() + " has nothing to compare");
        }
        if (group.stream().map(Sample::rewardRelease).distinct().count() > 1) {
            throw new IllegalArgumentException("A group's rewards come from several reward releases: "
                    + group.stream().map(Sample::rewardRelease).distinct().toList());
        }
        for (Sample sample : group) {
            if (!Float.isFinite(sample.reward())) {
                throw new IllegalArgumentException(
                        "A reward is " + sample.reward() + " for prompt '" + sample.prompt() + "'");
            }
        }
    }
}
