package dev.preflow.scorer.score;

import dev.preflow.schemas.Purpose;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/** The scorer's meters beside those of its stage. */
final class ScorerMetrics {

    private final MeterRegistry registry;
    private final Counter late;
    private final Counter incomplete;
    private final AtomicLong release = new AtomicLong();

    ScorerMetrics(MeterRegistry registry) {
        this.registry = registry;
        late = Counter.builder("preflow.scorer.rollouts.late")
                .description("Rollouts that came after their group had gone on: scored, but not trained on")
                .register(registry);
        incomplete = Counter.builder("preflow.scorer.groups.incomplete")
                .description("Rollout groups that went on without all of their images")
                .register(registry);
        Gauge.builder("preflow.scorer.release", release, AtomicLong::doubleValue)
                .description("Number of the serving reward release, 0 before the first")
                .register(registry);
    }

    void watch(RolloutGroups groups) {
        Gauge.builder("preflow.scorer.rollouts.waiting", groups, RolloutGroups::waiting)
                .description("Rollouts that wait for the rest of their group")
                .register(registry);
    }

    void serving(int number) {
        release.set(number);
    }

    void late() {
        late.increment();
    }

    void group(int images, int expected) {
        if (images < expected) {
            incomplete.increment();
        }
    }

    void scored(Purpose purpose) {
        Counter.builder("preflow.scorer.scores")
                .description("Images scored")
                .tag("purpose", purpose.name().toLowerCase(Locale.ROOT))
                .register(registry)
                .increment();
    }
}
