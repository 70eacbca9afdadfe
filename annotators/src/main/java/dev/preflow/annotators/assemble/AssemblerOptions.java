package dev.preflow.annotators.assemble;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How groups are assembled.
 *
 * @param deadline how long a group waits for its next image before it is closed as it is
 * @param keepDone how long a closed group is remembered, so that images which come after all are not taken for a new group
 * @param exactlyOnce whether what is read, kept and written is one Kafka transaction; else a crash may repeat a group
 * @param rolloutShare which share of the rollout groups is judged beside the prompts' own images, from 0 to 1
 * @param stateDirectory where Kafka Streams notes how far its changelogs were read
 */
public record AssemblerOptions(
        Duration deadline, Duration keepDone, boolean exactlyOnce, double rolloutShare, Path stateDirectory) {

    /** Checks the ranges. */
    public AssemblerOptions {
        if (deadline.isNegative() || deadline.isZero()) {
            throw new IllegalArgumentException("The deadline of a group must be above 0, not " + deadline);
        }
        if (keepDone.isNegative()) {
            throw new IllegalArgumentException("A closed group cannot be remembered for " + keepDone);
        }
        if (!(rolloutShare >= 0 && rolloutShare <= 1)) {
            throw new IllegalArgumentException("The share of judged rollouts must be from 0 to 1, not " + rolloutShare);
        }
    }
}
