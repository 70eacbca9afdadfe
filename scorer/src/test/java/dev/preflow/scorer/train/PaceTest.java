package dev.preflow.scorer.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {

    private final Pace pace = new Pace(4, 0.25, 50);

    @Test
    void shouldWaitForEnoughPairs() {
        assertThat(pace.allows(0, 32, 49)).isFalse();
        assertThat(pace.allows(0, 32, 50)).isTrue();
    }

    @Test
    void shouldRestWhenThePairsAreLearnt() {
        assertThat(pace.allows(368, 32, 100)).isTrue();
        assertThat(pace.allows(369, 32, 100)).isFalse();
        assertThat(pace.allows(369, 32, 101)).isTrue();
    }

    @Test
    void shouldRestAsTheDutyCycleAsks() {
        assertThat(pace.rest(Duration.ofMillis(100))).isEqualTo(Duration.ofMillis(300));
        assertThat(new Pace(1, 1, 1).rest(Duration.ofMillis(100))).isZero();
    }
}
