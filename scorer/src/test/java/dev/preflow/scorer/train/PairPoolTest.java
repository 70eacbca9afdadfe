package dev.preflow.scorer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.preflow.scorer.store.TrainingPair;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PairPoolTest {

    @Test
    void shouldMixEveryNewPairOnceWithReplay() {
        var pool = new PairPool(1_000, 0.5, 16, 1);
        pool.restore(pairs(0, 100), 100);
        pairs(100, 110).forEach(pool::add);

        assertThat(pool.draw(16, new Random(1)).subList(0, 8)).isEqualTo(pairs(100, 108));
        assertThat(pool.draw(16, new Random(2)).subList(0, 2)).isEqualTo(pairs(108, 110));
        assertThat(pool.draw(16, new Random(3))).hasSize(16);
        assertThat(pool.seen()).isEqualTo(110);
    }

    @Test
    void shouldReplayOldAndNewPairsAlike() {
        var pool = new PairPool(1_600, 0, 16, 1);
        pairs(0, 10_000).forEach(pool::add);

        var quarters = new HashMap<Integer, Integer>();
        var random = new Random(1);
        for (int i = 0; i < 100; i++) {
            pool.draw(100, random).stream().distinct().forEach(pair -> quarters.merge(quarter(pair), 1, Integer::sum));
        }

        int total = quarters.values().stream().mapToInt(Integer::intValue).sum();
        assertThat(quarters).hasSize(4);
        assertThat(quarters.values())
                .allSatisfy(count -> assertThat((double) count / total).isBetween(0.12, 0.38));
    }

    @Test
    void shouldReplayNeighboursTogether() {
        var pool = new PairPool(1_000, 0, 16, 1);
        pool.restore(pairs(0, 1_000), 1_000);

        var batch = pool.draw(64, new Random(1));

        long neighbours = IntStream.range(1, batch.size())
                .filter(i -> number(batch.get(i)) == (number(batch.get(i - 1)) + 1) % 1_000)
                .count();
        assertThat(neighbours).isGreaterThanOrEqualTo(60);
        assertThat(batch).doesNotHaveDuplicates();
    }

    @Test
    void shouldReplayNeighboursTogetherHoweverLongTheStreamHasRun() {
        var pool = new PairPool(1_600, 0, 16, 1);
        pairs(0, 160_000).forEach(pool::add);

        var batch = pool.draw(64, new Random(1));

        assertThat(IntStream.range(1, batch.size())
                        .filter(i -> number(batch.get(i)) == number(batch.get(i - 1)) + 1)
                        .count())
                .isGreaterThanOrEqualTo(60);
        assertThat(pool.seen()).isEqualTo(160_000);
    }

    @Test
    void shouldDrawTheSameBatchFromTheSamePairs() {
        var one = new PairPool(50, 0.5, 16, 9);
        var other = new PairPool(50, 0.5, 16, 9);
        pairs(0, 200).forEach(one::add);
        pairs(0, 200).forEach(other::add);

        assertThat(one.draw(32, new Random(4))).isEqualTo(other.draw(32, new Random(4)));
    }

    @Test
    void shouldRefuseToDrawFromNothing() {
        var pool = new PairPool(50, 0.5, 16, 9);

        assertThatThrownBy(() -> pool.draw(1, new Random(1))).isInstanceOf(IllegalStateException.class);
    }

    private static int quarter(TrainingPair pair) {
        return number(pair) / 2_500;
    }

    private static int number(TrainingPair pair) {
        return Integer.parseInt(pair.id().substring("pair-".length()));
    }

    private static List<TrainingPair> pairs(int from, int to) {
        return IntStream.range(from, to).mapToObj(Pairs::pair).toList();
    }
}
