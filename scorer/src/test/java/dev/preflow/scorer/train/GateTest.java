package dev.preflow.scorer.train;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GateTest {

    private final Gate gate = new Gate(100, 0.6, 0.01);

    @Test
    void shouldLetTheFirstReleasePassWhenItIsBetterThanACoin() {
        assertThat(gate.objection(0.61, null, 100)).isNull();
        assertThat(gate.objection(0.59, null, 100)).contains("0.590", "0.600");
    }

    @Test
    void shouldRejectWhatIsWorseThanTheServingRelease() {
        assertThat(gate.objection(0.80, 0.85, 100)).contains("worse", "0.800", "0.850");
        assertThat(gate.objection(0.845, 0.85, 100)).isNull();
        assertThat(gate.objection(0.90, 0.85, 100)).isNull();
    }

    @Test
    void shouldLetWhatIsBetterPassWhenAllModelsFindTheNewestPairsHard() {
        assertThat(gate.objection(0.56, 0.52, 100)).isNull();
        assertThat(gate.objection(0.50, 0.52, 100)).contains("worse");
    }

    @Test
    void shouldRejectWhatCannotBeMeasured() {
        assertThat(gate.objection(0.9, null, 99)).contains("99", "100");
        assertThat(gate.objection(Double.NaN, null, 100)).isNotNull();
        assertThat(gate.objection(Double.NaN, 0.85, 100)).isNotNull();
    }
}
