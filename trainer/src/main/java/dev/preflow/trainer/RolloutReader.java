package dev.preflow.trainer;

import ai.djl.ndarray.NDManager;
import dev.preflow.models.pipeline.TrajectoryFile;
import dev.preflow.schemas.BlobRef;
import dev.preflow.schemas.Rollout;
import dev.preflow.stream.blob.BlobStore;
import dev.preflow.trainer.ppo.Sample;
import dev.preflow.trainer.rollout.RolloutGroup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Turns the rollouts of a group into what is trained on, and removes trajectories that are done with. Blocks. */
final class RolloutReader {
    private final BlobStore blobs;
    private final NDManager manager;

    RolloutReader(BlobStore blobs, NDManager manager) {
        this.blobs = blobs;
        this.manager = manager;
    }

    /**
     * The samples of a group.
     *
     * @throws IOException if a trajectory is missing, or its bytes are not what its digest promises
     * @throws IllegalArgumentException if one is no trajectory
     * @throws dev.preflow.models.weights.WeightsException if one is no safetensors file
     */
    List<Sample> read(RolloutGroup group) throws IOException {
        List<Sample> samples = new ArrayList<>();
        for (Rollout rollout : group.rollouts()) {
            BlobRef trajectory = rollout.getImage().getTrajectory();
            if (trajectory == null) {
                throw new IllegalArgumentException(
                        "the rollout of image " + rollout.getImage().getId() + " has no trajectory");
            }
            blobs.verify(trajectory.getSha256());
            samples.add(new Sample(
                    rollout.getImage().getPromptText(),
                    TrajectoryFile.read(blobs.file(trajectory.getSha256()), manager),
                    rollout.getImage().getGuidanceScale(),
                    rollout.getReward(),
                    rollout.getRewardRelease()));
        }
        return samples;
    }

    /** Removes a rollout's trajectory: there are many, and this one will not be read again. */
    void discard(Rollout rollout) throws IOException {
        BlobRef trajectory = rollout.getImage().getTrajectory();
        if (trajectory != null) {
            blobs.delete(trajectory.getSha256());
        }
    }
}
