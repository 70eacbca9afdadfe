package dev.preflow.trainer;

import dev.preflow.schemas.BlobRef;
import dev.preflow.schemas.GenerationTask;
import dev.preflow.schemas.Ids;
import dev.preflow.schemas.Image;
import dev.preflow.schemas.Rollout;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Rollouts as a generator and the scorer make them of a task. */
public final class Rollouts {
    private static final BlobRef PIXELS = new BlobRef("0".repeat(64), 1L, "image/png");

    private Rollouts() {}

    /** The rollout of a task. */
    public static Rollout of(GenerationTask task, @Nullable BlobRef trajectory, float reward, String rewardRelease) {
        return of(task, task.getRolloutGroup(), trajectory, reward, rewardRelease);
    }

    /** The rollout of a task under another group. */
    public static Rollout of(
            GenerationTask task,
            @Nullable String group,
            @Nullable BlobRef trajectory,
            float reward,
            String rewardRelease) {
        Image image = Image.newBuilder()
                .setId(task.getId())
                .setPromptId(task.getPromptId())
                .setPromptText(task.getPromptText())
                .setPurpose(task.getPurpose())
                .setGenerator(task.getGenerator())
                .setPolicyRelease(task.getPolicyRelease())
                .setIndex(task.getIndex())
                .setGroupSize(task.getGroupSize())
                .setRolloutGroup(group)
                .setSeed(task.getSeed())
                .setGuidanceScale(task.getGuidanceScale())
                .setSteps(task.getSteps())
                .setPixels(PIXELS)
                .setWidth(8)
                .setHeight(8)
                .setTrajectory(trajectory)
                .setCreatedAt(Instant.ofEpochMilli(1))
                .build();
        return new Rollout(
                Ids.rolloutId(task.getId(), rewardRelease), image, reward, rewardRelease, Instant.ofEpochMilli(2));
    }
}
