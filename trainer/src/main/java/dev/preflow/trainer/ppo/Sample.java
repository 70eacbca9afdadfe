package dev.preflow.trainer.ppo;

import dev.preflow.models.pipeline.Trajectory;

/**
 * One drawn image with its reward.
 *
 * @param prompt what it was drawn for
 * @param trajectory how it was drawn
 * @param reward VP-Score's score
 * @param rewardRelease the release that gave it
 */
public record Sample(String prompt, Trajectory trajectory, float reward, String rewardRelease) {}
