package dev.preflow.stream.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.preflow.stream.observe.Health.Status;
import org.junit.jupiter.api.Test;

class HealthTest {

    private final Health health = new Health();

    @Test
    void shouldBeWellOnlyWhenEveryCheckIs() {
        health.live("loop", () -> Status.good("turns"));
        health.ready("kafka", () -> Status.good("connected"));
        health.ready("model", () -> Status.bad("not loaded"));

        assertThat(health.live().ok()).isTrue();
        assertThat(health.ready().ok()).isFalse();
        assertThat(health.ready().checks()).containsEntry("model", Status.bad("not loaded"));
    }

    @Test
    void shouldTakeAThrowingCheckForAFailingOne() {
        health.live("broken", () -> {
            throw new IllegalStateException("no");
        });

        assertThat(health.live().ok()).isFalse();
        assertThat(health.live().checks().get("broken").detail()).contains("no");
    }
}
