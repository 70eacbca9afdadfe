package dev.preflow.annotators.assemble;

import org.jspecify.annotations.Nullable;

/** What groups are kept under. No prompt id holds the mark of a rollout's. */
final class GroupKeys {
    private static final String MARK = "rollout\u0000";

    private GroupKeys() {}

    static String ofRollout(@Nullable String rolloutGroup) {
        return MARK + rolloutGroup;
    }

    static boolean isRollout(String key) {
        return key.startsWith(MARK);
    }
}
