package dev.preflow.scorer.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.preflow.scorer.store.TrainingPair;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ShownTest {

    private final TrainingPair first = new TrainingPair("1", "p", "a", "b", null, null);
    private final TrainingPair second = new TrainingPair("2", "p", "b", "c", null, null);

    @Test
    void shouldCountPairsInTheRightOrderAndHalfOfEqualOnes() {
        var scores = Map.of(new Shown("p", "a"), 2f, new Shown("p", "b"), 1f, new Shown("p", "c"), 1f);

        assertThat(Shown.accuracy(List.of(first, second), scores)).isEqualTo(0.75);
    }

    @Test
    void shouldHaveNoAccuracyWithoutPairs() {
        assertThat(Shown.accuracy(List.of(), Map.of())).isNaN();
    }

    @Test
    void shouldScoreAnImageOfTwoPairsOnce() {
        assertThat(Shown.in(List.of(first, second)))
                .containsExactly(new Shown("p", "a"), new Shown("p", "b"), new Shown("p", "c"));
    }
}
