package dev.preflow.scorer.train;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeldOutPairsTest {

    @Test
    void shouldKeepTheNewest() {
        var pairs = new HeldOutPairs(3, 3);
        for (int i = 0; i < 5; i++) {
            pairs.add(Pairs.pair(i));
        }

        assertThat(pairs.all()).containsExactly(Pairs.pair(2), Pairs.pair(3), Pairs.pair(4));
        assertThat(pairs.ofPolicy()).isEmpty();
    }

    @Test
    void shouldTellThePolicysNewestImagesApart() {
        var pairs = new HeldOutPairs(3, 2);
        for (int i = 0; i < 6; i++) {
            pairs.add(Pairs.pair(i, i % 2 == 0 ? "release-" + i : null));
        }

        assertThat(pairs.ofPolicy()).containsExactly(Pairs.pair(2, "release-2"), Pairs.pair(4, "release-4"));
    }
}
