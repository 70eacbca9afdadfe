package dev.preflow.trainer.ppo;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How much better each image is than its group: its reward relative to the group's mean, in standard deviations, clipped.
 * Groups are compared within one prompt, as DDPO's per-prompt statistics and group-relative methods do.
 *
 * @param clip bound of an advantage's absolute value
 * @param deviation whose standard deviation an advantage is measured by
 */
public record Advantages(float clip, Deviation deviation) {
    /** Whose standard deviation. */
    public enum Deviation {
        /** The group's own, as DDPO and GRPO have it: a group of near ties weighs as much as one of great differences. */
        GROUP,
        /**
         * That of all groups of the iteration around their own means: near ties, which a reward model tells apart by chance,
         * weigh little (Liu et al. 2025, Understanding R1-Zero-like training, section 3.1, for the bias; Flow-GRPO's global
         * deviation). Groups scored by different reward releases are kept apart.
         */
        BATCH
    }

    /** Below this spread a group says nothing: its images are equally good. */
    private static final double LEAST_DEVIATION = 1e-4;

    private static final double EPSILON = 1e-6;

    /**
     * The advantages of the images of an iteration's groups, in their order.
     *
     * @param groups each of at least two images of one prompt, scored by one reward release
     * @return empty for a group whose rewards have no spread
     * @throws IllegalArgumentException if a group mixes reward releases, has fewer than two images, or a reward is not finite
     */
    public List<Optional<float[]>> of(List<List<Sample>> groups) {
        groups.forEach(Advantages::check);
        Map<String, double[]> squares = new HashMap<>();
        for (List<Sample> group : groups) {
            double[] sum = squares.computeIfAbsent(group.get(0).rewardRelease(), release -> new double[2]);
            sum[0] += group.size() * variance(group);
            sum[1] += group.size();
        }
        List<Optional<float[]>> advantages = new ArrayList<>();
        for (List<Sample> group : groups) {
            double[] sum = squares.get(group.get(0).rewardRelease());
            double own = deviation(group);
            double unit = deviation == Deviation.GROUP ? own : Math.sqrt(sum[0] / sum[1]);
            advantages.add(own < LEAST_DEVIATION ? Optional.empty() : Optional.of(relative(group, unit)));
        }
        return advantages;
    }

    private float[] relative(List<Sample> group, double unit) {
        double mean = mean(group);
        float[] advantages = new float[group.size()];
        for (int i = 0; i < advantages.length; i++) {
            double advantage = (group.get(i).reward() - mean) / (unit + EPSILON);
            advantages[i] = (float) Math.max(-clip, Math.min(clip, advantage));
        }
        return advantages;
    }

    private static double mean(List<Sample> group) {
        return group.stream().mapToDouble(Sample::reward).average().orElseThrow();
    }

    /** The standard deviation of a group's rewards. */
    static double deviation(List<Sample> group) {
        return Math.sqrt(variance(group));
    }

    private static double variance(List<Sample> group) {
        double mean = mean(group);
        return group.stream()
                .mapToDouble(sample -> Math.pow(sample.reward() - mean, 2))
                .average()
                .orElseThrow();
    }

    /**
     * Checks that a group can be compared.
     *
     * @throws IllegalArgumentException if it mixes reward releases, has fewer than two images, or a reward is not finite
     */
    static void check(List<Sample> group) {
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
