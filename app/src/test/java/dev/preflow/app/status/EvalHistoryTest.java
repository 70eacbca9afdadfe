package dev.preflow.app.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class EvalHistoryTest {

    private final EvalHistory history = new EvalHistory(0.1);

    private void add(int number, double proxy, double gold) {
        history.add(new EvalPoint(Instant.EPOCH.plusSeconds(number), number, proxy, gold, null, null, null));
    }

    @Test
    void shouldRaiseTheAlarmWhenGoldFallsWhileTheProxyRises() {
        for (int i = 0; i < 10; i++) {
            add(i, 0.1 * i, i < 5 ? 0.2 * i : 0.8 - 0.1 * (i - 4));
        }

        assertThat(history.parted()).isTrue();
    }

    @Test
    void shouldStayCalmWhileBothRise() {
        for (int i = 0; i < 10; i++) {
            add(i, 0.1 * i, 0.1 * i);
        }

        assertThat(history.parted()).isFalse();
    }

    @Test
    void shouldNotTakeABadPolicyForRewardHackingWhenBothFall() {
        for (int i = 0; i < 10; i++) {
            add(i, -0.1 * i, 1 - 0.1 * i);
        }

        assertThat(history.parted()).isFalse();
    }

    @Test
    void shouldNotBeAlarmedByOneNoisyEvaluation() {
        for (int i = 0; i < 6; i++) {
            add(i, 1, 0.9);
        }
        add(6, 1.1, 0.65);

        assertThat(history.parted()).isFalse();
    }
}
