package dev.preflow.scorer.train;

import dev.preflow.scorer.store.TrainingPair;
import org.jspecify.annotations.Nullable;

/** Pairs for tests. */
final class Pairs {

    private Pairs() {}

    static TrainingPair pair(int number) {
        return pair(number, null);
    }

    static TrainingPair pair(int number, @Nullable String policyRelease) {
        return new TrainingPair("pair-" + number, "prompt", "better", "worse", null, policyRelease);
    }
}
