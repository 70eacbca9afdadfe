package dev.preflow.models.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LearningRateTest {
    @Test
    void shouldWarmUpAndStay() {
        LearningRate rate = LearningRate.constant(0.4, 4);
        assertThat(rate.at(0)).isEqualTo(0.1, within(1e-12));
        assertThat(rate.at(3)).isEqualTo(0.4);
        assertThat(rate.at(1000)).isEqualTo(0.4);
        assertThat(LearningRate.constant(0.4, 0).at(0)).isEqualTo(0.4);
    }

    @Test
    void shouldFallAlongTheCosine() {
        LearningRate rate = LearningRate.cosine(1, 10, 110);
        assertThat(rate.at(9)).isEqualTo(1);
        assertThat(rate.at(60)).isEqualTo(0.5, within(1e-12));
        assertThat(rate.at(110)).isEqualTo(0, within(1e-12));
        assertThat(rate.at(500)).isEqualTo(0, within(1e-12));
    }

    @Test
    void shouldStayAtAFloor() {
        LearningRate cosine = LearningRate.cosine(1, 10, 110, 0.2);
        assertThat(cosine.at(60)).isEqualTo(0.6, within(1e-12));
        assertThat(cosine.at(500)).isEqualTo(0.2, within(1e-12));
        LearningRate line = LearningRate.linear(1, 4, 100, 0.2);
        assertThat(line.at(0)).isEqualTo(0.25);
        assertThat(line.at(50)).isEqualTo(0.5, within(1e-12));
        assertThat(line.at(90)).isEqualTo(0.2, within(1e-12));
    }

    @Test
    void shouldRefuseAScheduleWithoutSteps() {
        assertThatThrownBy(() -> LearningRate.cosine(1, 10, 10)).hasMessageContaining("warm-up of 10");
        assertThatThrownBy(() -> LearningRate.constant(Double.NaN, 1)).hasMessageContaining("NaN");
    }
}
