package dev.preflow.trainer.ppo;

import dev.preflow.models.pipeline.Trajectory;

/**
 * One drawn image with its reward.
 *
 * @param prompt what it was drawn for
 * @param trajectory how it was drawn
 * @param guidanceScale classifier-free guidance that it was drawn with; 1 is none
 * @param reward VP-Score's score
 * @param rewardRelease the release that gave it
 */
public record Sample(String prompt, Trajectory trajectory, float guidanceScale, float reward, String rewardRelease) {
    /** Whether the unconditional prediction has a part in it. */
    boolean guided() {
        return guidanceScale != 1;
    }
}
