package dev.preflow.trainer.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.preflow.models.pipeline.Trajectory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AdvantagesTest {
    private final Advantages advantages = new Advantages(3, Advantages.Deviation.GROUP);

    private Optional<float[]> of(List<Sample> group) {
        return advantages.of(List.of(group)).get(0);
    }

    private static Sample sample(float reward, String release) {
        return new Sample(
                "a prompt",
                new Trajectory(new long[] {1, 1, 1}, new float[2][1], new int[1], new float[1]),
                1,
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
        float[] found = of(group(1, 2, 3)).orElseThrow();

        // deviation sqrt(2/3)
        assertThat(found[0]).isCloseTo(-1.22474f, within(1e-4f));
        assertThat(found[1]).isCloseTo(0, within(1e-6f));
        assertThat(found[2]).isCloseTo(1.22474f, within(1e-4f));
    }

    @Test
    void shouldNotDependOnScaleAndShift() {
        assertThat(of(group(-70, 30, 10)).orElseThrow())
                .containsExactly(of(group(-7, 3, 1)).orElseThrow(), within(1e-4f));
    }

    @Test
    void shouldClipOutliers() {
        List<Sample> group = new ArrayList<>(Collections.nCopies(99, sample(0, "one")));
        group.add(sample(1, "one"));

        float[] found = of(group).orElseThrow();

        assertThat(found[99]).isEqualTo(3);
        assertThat(found[0]).isNegative();
    }

    @Test
    void shouldFindNothingInAGroupWithoutSpread() {
        assertThat(of(group(0.5f, 0.5f, 0.5f))).isEmpty();
    }

    @Test
    void shouldWeighNearTiesLittleByTheDeviationOfAllGroups() {
        Advantages batch = new Advantages(3, Advantages.Deviation.BATCH);

        List<Optional<float[]>> found = batch.of(List.of(group(1, 3), group(5, 5.2f), group(7, 7)));

        // squares around the own means: 1, 1, 0.01, 0.01, 0, 0
        double unit = Math.sqrt(2.02 / 6);
        assertThat(found.get(0).orElseThrow()[1]).isCloseTo((float) (1 / unit), within(1e-4f));
        assertThat(found.get(1).orElseThrow()[1]).isCloseTo((float) (0.1 / unit), within(1e-4f));
        assertThat(found.get(2)).isEmpty();
    }

    @Test
    void shouldNotMixTheDeviationsOfTwoRewardReleases() {
        Advantages batch = new Advantages(3, Advantages.Deviation.BATCH);
        List<Sample> wide = List.of(sample(-50, "two"), sample(50, "two"));

        List<Optional<float[]>> found = batch.of(List.of(group(1, 3), wide));

        assertThat(found.get(0).orElseThrow()).containsExactly(new float[] {-1, 1}, within(1e-4f));
        assertThat(found.get(1).orElseThrow()).containsExactly(new float[] {-1, 1}, within(1e-4f));
    }

    @Test
    void shouldRefuseAGroupOfTwoRewardReleases() {
        assertThatThrownBy(() -> of(List.of(sample(1, "one"), sample(2, "two"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("one")
                .hasMessageContaining("two");
    }

    @Test
    void shouldRefuseARewardThatIsNoNumber() {
        assertThatThrownBy(() -> of(group(1, Float.NaN)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("NaN");
        assertThatThrownBy(() -> of(group(1, Float.POSITIVE_INFINITY))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldRefuseASingleImage() {
        assertThatThrownBy(() -> of(group(1))).isInstanceOf(IllegalArgumentException.class);
    }
}
