package dev.preflow.trainer.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.preflow.schemas.GenerationTask;
import dev.preflow.schemas.Prompt;
import dev.preflow.schemas.Rollout;
import dev.preflow.stream.RetriableException;
import dev.preflow.trainer.Rollouts;
import dev.preflow.trainer.ppo.RolloutForm;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RolloutCollectorTest {
    private static final Duration WAIT = Duration.ofMinutes(2);
    private static final int SIZE = 3;

    private final MovableClock clock = new MovableClock();
    private final RolloutCollector collector = new RolloutCollector(WAIT, clock, List.of());

    private static List<GenerationTask> tasks(long seed) {
        return new RolloutRequester("policy", SIZE, new RolloutForm(4, 2, 1), Clock.systemUTC())
                .group(new Prompt("p1", "a red circle", "test", Instant.EPOCH), "release-1", 1, seed);
    }

    private static Rollout rollout(long seed, int index, String rewardRelease) {
        return Rollouts.of(tasks(seed).get(index), null, index, rewardRelease);
    }

    private static String name(long seed) {
        return tasks(seed).get(0).getRolloutGroup();
    }

    private List<Future<Void>> addAll(long seed) {
        List<Future<Void>> futures = new ArrayList<>();
        for (int i = 0; i < SIZE; i++) {
            futures.add(collector.add(rollout(seed, i, "reward-1")));
        }
        return futures;
    }

    private List<RolloutGroup> take(int count) throws InterruptedException {
        return collector.take(count, Duration.ZERO);
    }

    @Test
    void shouldGiveAGroupWhenItIsComplete() throws Exception {
        collector.add(rollout(1, 2, "reward-1"));
        collector.add(rollout(1, 0, "reward-1"));
        assertThat(take(1)).isEmpty();

        collector.add(rollout(1, 1, "reward-1"));

        List<RolloutGroup> taken = take(1);
        assertThat(taken).hasSize(1);
        assertThat(taken.get(0).rollouts())
                .extracting(rollout -> rollout.getImage().getIndex())
                .containsExactly(0, 1, 2);
        assertThat(taken.get(0).policyRelease()).isEqualTo("release-1");
    }

    @Test
    void shouldCountARolloutAsHandledOnlyWhenItsGroupIsSettled() throws Exception {
        List<Future<Void>> futures = addAll(1);
        RolloutGroup group = take(1).get(0);
        assertThat(futures).noneMatch(Future::isComplete);

        collector.settle(group.id());

        assertThat(futures).allMatch(Future::succeeded);
    }

    @Test
    void shouldGoOnWithoutImagesThatAreOverdue() throws Exception {
        collector.add(rollout(1, 0, "reward-1"));
        collector.add(rollout(1, 2, "reward-1"));
        clock.pass(WAIT);
        assertThat(take(1)).isEmpty();

        clock.pass(Duration.ofSeconds(1));

        assertThat(take(1).get(0).rollouts()).hasSize(2);
    }

    @Test
    void shouldPassOverRolloutsOfAGroupThatWasTrainedOnBeforeTheRestart() throws Exception {
        RolloutCollector resumed = new RolloutCollector(WAIT, clock, List.of(name(1)));

        for (int i = 0; i < SIZE; i++) {
            assertThat(resumed.add(rollout(1, i, "reward-1")).succeeded()).isTrue();
        }

        assertThat(resumed.take(1, Duration.ZERO)).isEmpty();
        assertThat(resumed.underWay()).isZero();
    }

    @Test
    void shouldNeverGiveAGroupTwiceThatIsDeliveredAgainWhileItIsTrainedOn() throws Exception {
        addAll(1);
        RolloutGroup group = take(1).get(0);

        List<Future<Void>> again = addAll(1);
        assertThat(take(1)).isEmpty();
        assertThat(again).noneMatch(Future::isComplete);
        collector.settle(group.id());

        assertThat(again).allMatch(Future::succeeded);
        assertThat(addAll(1)).allMatch(Future::succeeded);
        clock.pass(WAIT.plusSeconds(1));
        assertThat(take(1)).isEmpty();
    }

    @Test
    void shouldKeepTheRewardsOfTwoReleasesApart() throws Exception {
        // the scorer was killed after two rollouts, and did the group again with a newer release
        collector.add(rollout(1, 0, "reward-1"));
        collector.add(rollout(1, 1, "reward-1"));
        for (int i = 0; i < SIZE; i++) {
            collector.add(rollout(1, i, "reward-2"));
        }

        assertThat(take(1).get(0).rollouts())
                .hasSize(SIZE)
                .extracting(Rollout::getRewardRelease)
                .containsOnly("reward-2");
    }

    @Test
    void shouldCountWhatIsUnderWayUntilItIsTaken() throws Exception {
        collector.requested(name(1));
        collector.requested(name(2));
        assertThat(collector.underWay()).isEqualTo(2);

        collector.add(rollout(1, 0, "reward-1"));
        assertThat(collector.underWay()).isEqualTo(2);
        addAll(1);
        assertThat(collector.underWay()).isEqualTo(2);
        RolloutGroup taken = take(1).get(0);

        assertThat(collector.underWay()).isEqualTo(1);
        collector.settle(taken.id());
        clock.pass(WAIT.plusSeconds(1));
        take(1);
        assertThat(collector.underWay()).as("what never came is forgotten").isZero();
    }

    @Test
    void shouldNotForgetWhatWaitsBehindASlowGroup() throws Exception {
        for (long seed = 1; seed <= 3; seed++) {
            collector.requested(name(seed));
        }
        // longer than the wait, but never without a rollout for so long
        for (int i = 0; i < SIZE; i++) {
            clock.pass(WAIT.minusSeconds(1));
            collector.add(rollout(2, i, "reward-1"));
            assertThat(take(i == SIZE - 1 ? 1 : 2)).hasSize(i == SIZE - 1 ? 1 : 0);
        }

        assertThat(collector.underWay())
                .as("the first is lost, the third still waits")
                .isEqualTo(1);
        addAll(3);
        assertThat(take(1)).singleElement().satisfies(group -> assertThat(group.rollouts())
                .hasSize(SIZE));
    }

    @Test
    void shouldPassOverWhateverComesOfGroupsThatItHasForgotten() throws Exception {
        collector.requested(name(1));
        collector.requested(name(2));
        Future<Void> gathering = collector.add(rollout(2, 0, "reward-1"));
        List<Future<Void>> ready = addAll(3);

        List<String> forgotten = collector.forget();

        assertThat(forgotten).containsExactlyInAnyOrder(name(1), name(2), name(3));
        assertThat(collector.underWay()).isZero();
        assertThat(gathering.isComplete()).as("it is not durable yet").isFalse();
        Future<Void> next = collector.add(rollout(2, 1, "reward-1"));
        forgotten.forEach(collector::settle);
        assertThat(ready).allMatch(Future::succeeded);
        assertThat(gathering.succeeded()).isTrue();
        assertThat(next.succeeded()).isTrue();
        assertThat(addAll(1)).allMatch(Future::succeeded);
        assertThat(take(1)).isEmpty();
    }

    @Test
    void shouldRefuseARolloutWithoutAGroup() {
        Rollout rollout = Rollouts.of(tasks(1).get(0), null, null, 0, "reward-1");

        assertThat(collector.add(rollout).cause()).hasMessageContaining("names no rollout group");
        assertThat(collector.underWay()).isZero();
    }

    @Test
    void shouldGiveBackWhatIsNotSettledWhenItStops() throws Exception {
        List<Future<Void>> taken = addAll(1);
        take(1);
        Future<Void> gathering = collector.add(rollout(2, 0, "reward-1"));

        collector.abandon();

        assertThat(taken).allMatch(future -> future.cause() instanceof RetriableException);
        assertThat(gathering.cause()).isInstanceOf(RetriableException.class);
        assertThat(collector.add(rollout(3, 0, "reward-1")).cause()).isInstanceOf(RetriableException.class);
    }
}
