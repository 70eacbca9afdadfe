package dev.preflow.scorer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HeldOutPromptsTest {

    @Test
    void shouldHoldOutTheShareAskedFor() {
        var heldOut = new HeldOutPrompts(0.15, prompt -> false);

        long count = IntStream.range(0, 10_000)
                .filter(i -> heldOut.test("a red circle " + i))
                .count();

        assertThat(count).isBetween(1_350L, 1_650L);
    }

    @Test
    void shouldHoldOutAPromptHoweverItIsSpacedAndCased() {
        var heldOut = new HeldOutPrompts(0.5, prompt -> false);

        assertThat(IntStream.range(0, 100)).allSatisfy(i -> assertThat(heldOut.test("a red circle " + i))
                .isEqualTo(heldOut.test("  A Red\t circle\u00a0" + i + "\n")));
    }

    @Test
    void shouldHoldOutWhatItIsTold() {
        var heldOut = new HeldOutPrompts(0, "a red circle"::equals);

        assertThat(heldOut.test("a red circle")).isTrue();
        assertThat(heldOut.test("a blue circle")).isFalse();
    }

    @Test
    void shouldRefuseAShareThatIsNone() {
        assertThatThrownBy(() -> new HeldOutPrompts(15, prompt -> false)).hasMessageContaining("15");
    }
}
