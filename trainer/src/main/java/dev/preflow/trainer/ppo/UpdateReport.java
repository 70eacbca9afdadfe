package dev.preflow.trainer.ppo;

/**
 * What an iteration did.
 *
 * @param pairs (image, step) pairs trained on
 * @param groups groups trained on
 * @param zeroSpreadGroups groups skipped because their rewards had no spread
 * @param meanReward mean reward of all images
 * @param rewardDeviation standard deviation of the rewards within groups, averaged over groups
 * @param firstLogRatio largest absolute log-ratio before the first update: 0 up to rounding if the very weights drew the images
 * @param clipFraction share of pairs whose ratio the clip cut off
 * @param kl mean divergence from the reference per trained step
 * @param gradientNorm mean gradient norm before clipping
 */
public record UpdateReport(
        int pairs,
        int groups,
        int zeroSpreadGroups,
        double meanReward,
        double rewardDeviation,
        double firstLogRatio,
        double clipFraction,
        double kl,
        double gradientNorm) {}
