package dev.preflow.app.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SignTestTest {

    /** The exact binomial test's values: sums of binomial coefficients over powers of two, and published tables. */
    @ParameterizedTest
    @CsvSource({
        "0, 0, 1",
        "1, 0, 1",
        "5, 5, 1",
        "10, 0, 0.001953125",
        "8, 2, 0.109375",
        "2, 8, 0.109375",
        "15, 5, 0.04138947",
        "60, 40, 0.05688793"
    })
    void shouldGiveTheExactBinomialProbability(int wins, int losses, double expected) {
        assertThat(SignTest.pValue(wins, losses)).isEqualTo(expected, within(1e-7));
    }

    @Test
    void shouldRefuseNegativeCounts() {
        assertThatThrownBy(() -> SignTest.pValue(-1, 2)).hasMessageContaining("-1");
    }
}
