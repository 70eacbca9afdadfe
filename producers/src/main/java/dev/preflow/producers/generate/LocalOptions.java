package dev.preflow.producers.generate;

import dev.preflow.models.tensor.Compute;
import java.time.Duration;

/**
 * How the local pipeline works.
 *
 * @param maxBatch most images drawn together, from 1
 * @param linger how long the first task of a batch that is not full waits for others
 * @param keepReleases policy releases that can be drawn with at once, from 1; tasks that name an older one are given up
 * @param releaseWait how long a task waits for a release that has not been seen yet
 * @param compute where it draws, and in what precision
 */
public record LocalOptions(int maxBatch, Duration linger, int keepReleases, Duration releaseWait, Compute compute) {

    /** Checks the ranges. */
    public LocalOptions {
        if (maxBatch < 1) {
            throw new IllegalArgumentException("A batch has at least 1 image, not " + maxBatch);
        }
        if (keepReleases < 1) {
            throw new IllegalArgumentException("At least 1 release must be kept, not " + keepReleases);
        }
    }
}
