package dev.preflow.annotators.assemble;

import dev.preflow.schemas.Purpose;
import org.jspecify.annotations.Nullable;

/** What groups are kept under. No prompt id holds the mark of a rollout's. */
final class GroupKeys {
    private static final String MARK = "rollout\u0000";

    private GroupKeys() {}

    /** The prompt, or for the images of a rollout a key of their own. */
    static String of(Purpose purpose, String promptId, @Nullable String rolloutGroup) {
        return purpose == Purpose.ROLLOUT ? MARK + rolloutGroup : promptId;
    }

    static boolean isRollout(String key) {
        return key.startsWith(MARK);
    }
}
