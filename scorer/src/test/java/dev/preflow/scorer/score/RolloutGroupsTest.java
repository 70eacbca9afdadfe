package dev.preflow.scorer.score;

import static org.assertj.core.api.Assertions.assertThat;

import dev.preflow.models.image.RgbImage;
import dev.preflow.scorer.Records;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RolloutGroupsTest {

    private static final RgbImage PICTURE = new RgbImage(1, 1, new byte[3]);

    private final SettableClock clock = new SettableClock();
    private final List<RolloutGroup> ready = new ArrayList<>();
    private final RolloutGroups groups = new RolloutGroups(Duration.ofSeconds(60), clock, ready::add);

    @Test
    void shouldLetAGroupGoOnWhenItIsComplete() {
        var first = groups.add(image("g", 0));
        groups.add(image("g", 0));
        groups.add(image("h", 0));
        assertThat(ready).isEmpty();
        assertThat(groups.waiting()).isEqualTo(2);

        var second = groups.add(image("g", 1));

        assertThat(ready).singleElement().satisfies(group -> assertThat(group.images())
                .containsExactly(image("g", 0), image("g", 1)));
        assertThat(groups.isClosed("g")).isTrue();
        assertThat(first.isComplete()).isFalse();
        ready.get(0).scored().complete();
        assertThat(first.succeeded()).isTrue();
        assertThat(second.succeeded()).isTrue();
    }

    @Test
    void shouldLetAGroupGoOnWithWhatIsThereWhenItsDeadlineIsOver() {
        groups.add(image("g", 1));
        clock.now = clock.now.plusSeconds(59);
        groups.expire();
        assertThat(ready).isEmpty();

        clock.now = clock.now.plusSeconds(1);
        groups.expire();

        assertThat(ready).singleElement().satisfies(group -> assertThat(group.images())
                .containsExactly(image("g", 1)));
        assertThat(groups.isClosed("g")).isTrue();
        assertThat(groups.waiting()).isZero();
    }

    @Test
    void shouldWaitForASlowGeneratorFromOneImageToTheNext() {
        groups.add(image("g", 0, 3));
        clock.now = clock.now.plusSeconds(50);
        groups.add(image("g", 1, 3));
        clock.now = clock.now.plusSeconds(50);
        groups.expire();
        assertThat(ready).isEmpty();

        groups.add(image("g", 2, 3));

        assertThat(ready).singleElement().satisfies(group -> assertThat(group.images())
                .hasSize(3));
    }

    @Test
    void shouldGatherAGroupAgainThatIsTriedAgain() {
        groups.add(image("g", 0));
        groups.add(image("g", 1));

        groups.reopen("g");
        groups.add(image("g", 0));
        groups.add(image("g", 1));

        assertThat(ready).hasSize(2);
    }

    private static Scorable image(String group, int index) {
        return image(group, index, 2);
    }

    private static Scorable image(String group, int index, int size) {
        return new Scorable(Records.rollout(Records.image("prompt", index), group, size), PICTURE);
    }

    private static final class SettableClock extends Clock {

        private Instant now = Instant.EPOCH;

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
