package dev.preflow.schemas;

import java.util.List;

/** Tells what concerns the images of a rollout from what concerns the images that a prompt waits for. */
public final class Rollouts {
    private Rollouts() {}

    /**
     * Whether images that are kept together are a rollout's: then what is said of them does not end their prompt.
     *
     * @param images all of one purpose, as assembled
     * @return true for a rollout's; false when there are none
     */
    public static boolean are(List<Image> images) {
        return !images.isEmpty() && images.get(0).getPurpose() == Purpose.ROLLOUT;
    }
}
