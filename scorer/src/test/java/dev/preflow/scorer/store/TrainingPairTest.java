package dev.preflow.scorer.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import org.junit.jupiter.api.Test;

class TrainingPairTest {

    @Test
    void shouldShareWordsWithPairsBefore() {
        var words = new HashMap<String, String>();
        var first = pair("1", "a red circle", "left", "right").sharing(words);
        var second = pair("2", "a red circle", "right", "other").sharing(words);

        assertThat(second).isEqualTo(pair("2", "a red circle", "right", "other"));
        assertThat(second.prompt()).isSameAs(first.prompt());
        assertThat(second.better()).isSameAs(first.worse());
        assertThat(second.policyRelease()).isNull();
    }

    /** As read from a record: every word an object of its own. */
    private static TrainingPair pair(String id, String prompt, String better, String worse) {
        return new TrainingPair(id, copy(prompt), copy(better), copy(worse), null, null);
    }

    private static String copy(String word) {
        return new StringBuilder(word).toString();
    }
}
