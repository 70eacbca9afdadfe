package dev.preflow.trainer;

import dev.preflow.trainer.ppo.UpdateReport;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** What training shows: figures of the newest iteration, counts, and where its time goes. */
final class TrainerMetrics {
    private final MeterRegistry registry;
    private final AtomicReference<@Nullable UpdateReport> newest = new AtomicReference<>();
    private final AtomicReference<Double> staleness = new AtomicReference<>(Double.NaN);
    private final Counter iterations;
    private final Counter zeroSpread;
    private final Counter discarded;

    TrainerMetrics(MeterRegistry registry) {
        this.registry = registry;
        iterations = Counter.builder("preflow.trainer.iterations")
                .description("Iterations done")
                .register(registry);
        zeroSpread = Counter.builder("preflow.trainer.groups.zero.spread")
                .description("Rollout groups skipped because all their rewards were equal")
                .register(registry);
        discarded = Counter.builder("preflow.trainer.groups.discarded")
                .description("Rollout groups not trained on: drawn by a release that is too old, or unreadable")
                .register(registry);
        gauge("preflow.trainer.reward", "Mean reward of the rollouts", UpdateReport::meanReward);
        gauge("preflow.trainer.kl", "Divergence from the base per trained step", UpdateReport::kl);
        gauge("preflow.trainer.clip.fraction", "Share of ratios that were clipped", UpdateReport::clipFraction);
        gauge("preflow.trainer.gradient.norm", "Gradient norm before clipping", UpdateReport::gradientNorm);
        gauge(
                "preflow.trainer.first.log.ratio",
                "Largest log-ratio before the first update: 0 up to rounding where the newest release drew the rollouts",
                UpdateReport::firstLogRatio);
        Gauge.builder("preflow.trainer.staleness", staleness, AtomicReference::get)
                .description("Releases between the one that drew the rollouts and the one trained, on average")
                .register(registry);
    }

    private void gauge(String name, String description, ToDoubleFunction<UpdateReport> value) {
        Gauge.builder(name, newest, reference -> {
                    UpdateReport report = reference.get();
                    return report == null ? Double.NaN : value.applyAsDouble(report);
                })
                .description(description)
                .register(registry);
    }

    void iteration(UpdateReport report, double age, Duration waited, Duration trained, Duration released) {
        newest.set(report);
        staleness.set(age);
        iterations.increment();
        zeroSpread.increment(report.zeroSpreadGroups());
        phase("wait", waited);
        phase("train", trained);
        phase("release", released);
    }

    void discarded(int groups) {
        discarded.increment(groups);
    }

    private void phase(String phase, Duration took) {
        Timer.builder("preflow.trainer.phase")
                .description("Where an iteration's time goes")
                .tag("phase", phase)
                .register(registry)
                .record(took);
    }
}
