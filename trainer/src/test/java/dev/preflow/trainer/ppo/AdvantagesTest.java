package dev.preflow.trainer.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.preflow.models.pipeline.Trajectory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdvantagesTest {
    private final Advantages advantages = new Advantages(3);

    private static Sample sample(float reward, String release) {
        return new Sample(
                "a prompt",
                new Trajectory(new long[] {1, 1, 1}, new float[2][1], new int[1], new float[1]),
                reward,
                release);
    }

    private static List<Sample> group(float... rewards) {
        List<Sample> group = new ArrayList<>();
        for (float reward : rewards) {
            group.add(sample(reward, "one"));
        }
        return group;
    }

    @Test
    void shouldCompareWithTheGroupsMeanAndDeviation() {
        float[] found = advantages.of(group(1, 2, 3)).orElseThrow();

        // deviation sqrt(2/3)
        assertThat(found[0]).isCloseTo(-1.22474f, within(1e-4f));
        assertThat(found[1]).isCloseTo(0, within(1e-6f));
        assertThat(found[2]).isCloseTo(1.22474f, within(1e-4f));
    }

    @Test
    void shouldNotDependOnScaleAndShift() {
        assertThat(advantages.of(group(-70, 30, 10)).orElseThrow())
                .containsExactly(advantages.of(group(-7, 3, 1)).orElseThrow(), within(1e-4f));
    }

    @Test
    void shouldClipOutliers() {
        List<Sample> group = new ArrayList<>(Collections.nCopies(99, sample(0, "one")));
        group.add(sample(1, "one"));

        float[] found = advantages.of(group).orElseThrow();

        assertThat(found[99]).isEqualTo(3);
        assertThat(found[0]).isNegative();
    }

    @Test
    void shouldFindNothingInAGroupWithoutSpread() {
        assertThat(advantages.of(group(0.5f, 0.5f, 0.5f))).isEmpty();
    }

    @Test
    void shouldRefuseAGroupOfTwoRewardReleases() {
        assertThatThrownBy(() -> advantages.of(List.of(sample(1, "one"), sample(2, "two"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("one")
                .hasMessageContaining("two");
    }

    @Test
    void shouldRefuseARewardThatIsNoNumber() {
        assertThatThrownBy(() -> advantages.of(group(1, Float.NaN)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("NaN");
        assertThatThrownBy(() -> advantages.of(group(1, Float.POSITIVE_INFINITY)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldRefuseASingleImage() {
        assertThatThrownBy(() -> advantages.of(group(1))).isInstanceOf(IllegalArgumentException.class);
    }
}
