package dev.preflow.app.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ai.djl.ndarray.NDManager;
import dev.preflow.app.TinyReward;
import dev.preflow.models.image.RgbImage;
import dev.preflow.models.reward.VpScore;
import dev.preflow.models.tensor.Torch;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProxyScoreTest {
    private static final EvalPlan PLAN = new EvalPlan(4, 0, 0, 1, 1);
    private static final List<RgbImage> IMAGES =
            IntStream.of(10, 90, 170, 250).mapToObj(Runs::grey).toList();

    private final NDManager manager = Torch.newManager();
    private final VpScore reward = model(manager);

    @AfterEach
    void close() {
        reward.close();
        manager.close();
    }

    private static VpScore model(NDManager manager) {
        return TinyReward.create(
                PLAN.prompts().stream().map(prompt -> prompt.text()).toList(), manager, 3);
    }

    /** Ratings that put the images in VP-Score's own order. */
    private List<Integer> ranks() {
        float[] scores = ProxyScore.of(reward, Runs.of(PLAN, IMAGES, List.of(1, 1, 1, 1)));
        return IntStream.range(0, scores.length)
                .mapToObj(i -> (int) IntStream.range(0, scores.length)
                                .filter(j -> scores[j] < scores[i])
                                .count()
                        + 1)
                .toList();
    }

    @Test
    void shouldBeOneWhereBothAgreeAndZeroWhereTheyNeverDo() {
        List<Integer> ranks = ranks();
        assertThat(ranks).containsExactlyInAnyOrder(1, 2, 3, 4);
        List<Integer> reversed = ranks.stream().map(rank -> 5 - rank).toList();

        assertThat(ProxyScore.accuracy(reward, List.of(Runs.of(PLAN, IMAGES, ranks))))
                .hasValue(1);
        assertThat(ProxyScore.accuracy(reward, List.of(Runs.of(PLAN, IMAGES, reversed))))
                .hasValue(0);
    }

    @Test
    void shouldCompareAcrossRunsToo() {
        List<Integer> ranks = ranks();
        EvalRun right = Runs.of(PLAN, IMAGES, ranks);
        EvalRun inverted =
                Runs.of(PLAN, IMAGES, ranks.stream().map(rank -> 5 - rank).toList());
        // the same images with opposite ratings: each pair that is right one way is wrong the other
        assertThat(ProxyScore.accuracy(reward, List.of(right, inverted)).getAsDouble())
                .isBetween(0.2, 0.6);
    }

    @Test
    void shouldCountNoPairThatTheJudgeFindsEqual() {
        assertThat(ProxyScore.accuracy(reward, List.of(Runs.of(PLAN, IMAGES, List.of(3, 3, 3, 3)))))
                .isEmpty();
    }

    @Test
    void shouldCountAPairThatVpScoreFindsEqualAsWrong() {
        List<RgbImage> same = Collections.nCopies(4, Runs.grey(100));
        assertThat(ProxyScore.accuracy(reward, List.of(Runs.of(PLAN, same, List.of(1, 2, 3, 4)))))
                .hasValue(0);
    }

    @Test
    void shouldMeasureAGainInDeviationsOfTheBase() {
        EvalRun base = Runs.of(PLAN, IMAGES, List.of(1, 1, 1, 1));
        EvalRun same = Runs.of(PLAN, Collections.nCopies(4, IMAGES.get(2)), List.of(1, 1, 1, 1));
        float[] scores = ProxyScore.of(reward, base);
        double mean = ProxyScore.mean(reward, base);
        double squares = IntStream.range(0, 4)
                .mapToDouble(i -> Math.pow(scores[i] - mean, 2))
                .sum();

        assertThat(ProxyScore.gain(reward, base, base)).isZero();
        assertThatIllegalStateException().isThrownBy(() -> ProxyScore.gain(reward, base, same));
        assertThat(ProxyScore.gain(reward, same, base))
                .isEqualTo((ProxyScore.mean(reward, same) - mean) / Math.sqrt(squares / 4), Offset.offset(1e-9));
    }

    @Test
    void shouldAverageOverTheImages() {
        EvalRun run = Runs.of(PLAN, IMAGES, List.of(1, 1, 1, 1));
        float[] scores = ProxyScore.of(reward, run);
        double sum = 0;
        for (float score : scores) {
            sum += score;
        }
        assertThat(ProxyScore.mean(reward, run)).isEqualTo(sum / 4, Offset.offset(1e-9));
    }
}
