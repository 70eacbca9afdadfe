package dev.preflow.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {

    private final RetryPolicy policy = new RetryPolicy(100, Duration.ofMillis(100), Duration.ofSeconds(1));

    @Test
    void shouldDoubleTheBoundUpToTheGreatestAndDrawBelowIt() {
        assertThat(longest(1)).isBetween(90L, 100L);
        assertThat(longest(2)).isBetween(180L, 200L);
        assertThat(longest(3)).isBetween(360L, 400L);
        assertThat(longest(50)).isBetween(900L, 1000L);
        assertThat(longest(99)).isBetween(900L, 1000L);
    }

    private long longest(int attempts) {
        var random = new Random(1);
        return IntStream.range(0, 1000)
                .mapToLong(i -> policy.backoff(attempts, random).toMillis())
                .max()
                .orElseThrow();
    }

    @Test
    void shouldRefuseWhatCannotWork() {
        assertThatThrownBy(() -> new RetryPolicy(0, Duration.ZERO, Duration.ZERO))
                .hasMessageContaining("at least 1");
        assertThatThrownBy(() -> new RetryPolicy(1, Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .hasMessageContaining("base <= max");
        assertThatThrownBy(() -> StageOptions.inFlight(0)).hasMessageContaining("maxInFlight is 0");
        assertThatThrownBy(() -> StageOptions.inFlight(8).withMaxAhead(7)).hasMessageContaining("at least maxInFlight");
    }
}
