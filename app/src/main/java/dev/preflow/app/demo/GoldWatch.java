package dev.preflow.app.demo;

import ai.djl.ndarray.NDManager;
import dev.preflow.app.eval.EvalPlan;
import dev.preflow.app.eval.EvalRun;
import dev.preflow.app.eval.GoldFigures;
import dev.preflow.app.eval.ProxyScore;
import dev.preflow.app.stages.NativeEnd;
import dev.preflow.app.status.EvalHistory;
import dev.preflow.app.status.EvalLog;
import dev.preflow.app.status.EvalPoint;
import dev.preflow.demo.gold.GoldReport;
import dev.preflow.models.pipeline.DiffusionPipeline;
import dev.preflow.models.reward.VpScore;
import dev.preflow.models.tensor.Torch;
import dev.preflow.schemas.Release;
import dev.preflow.schemas.ReleaseKind;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures the policy in the background, at intervals: on held-out prompts with fixed seeds, by the gold judge, which nothing
 * is trained on, and by VP-Score, which the policy is trained on.
 */
final class GoldWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(GoldWatch.class);
    private static final long FIRST_SECONDS = 5;
    private static final long EVERY_SECONDS = 100;

    private final DemoOptions options;
    private final Weights weights;
    private final EvalHistory history;
    private final EvalLog measured;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "gold-watch");

    GoldWatch(DemoOptions options, Weights weights, EvalHistory history) {
        this.options = options;
        this.weights = weights;
        this.history = history;
        this.measured = new EvalLog(DemoConfig.state(options.data()).resolve("evaluations.jsonl"));
        thread.setDaemon(true);
        thread.setPriority(Thread.MIN_PRIORITY);
        thread.start();
    }

    private void run() {
        Torch.useThreads(1);
        try (NDManager manager = Torch.newManager()) {
            // before minutes pass with the base
            measured.read().forEach(history::add);
            EvalRun base;
            try (DiffusionPipeline pipeline = DiffusionPipeline.load(options.base(), "base", manager)) {
                base = EvalRun.of(EvalPlan.quick(1), pipeline, drawn -> {});
            }
            if (history.points().isEmpty()) {
                add(0, 0, base.gold());
            }
            int seen = 0;
            long wait = FIRST_SECONDS;
            while (!stopping.await(wait, TimeUnit.SECONDS)) {
                Optional<Release> release = weights.newest(ReleaseKind.POLICY);
                wait = FIRST_SECONDS;
                if (release.isPresent() && release.get().getNumber() != seen) {
                    measure(base, release.get(), manager);
                    seen = release.get().getNumber();
                    wait = EVERY_SECONDS;
                }
            }
        } catch (InterruptedException e) {
            log.debug("The evaluation ends");
        } catch (IOException | RuntimeException e) {
            log.error("The policy is not evaluated any more", e);
        }
    }

    private void measure(EvalRun base, Release release, NDManager manager) {
        try (NDManager scope = manager.newSubManager();
                DiffusionPipeline pipeline = weights.policy(scope).orElseThrow();
                VpScore reward = weights.reward(scope).orElseThrow()) {
            EvalRun run = EvalRun.of(base.plan(), pipeline, drawn -> {});
            double proxy = ProxyScore.gain(reward, run, base);
            add(release.getNumber(), proxy, run.gold());
        } catch (IOException | RuntimeException e) {
            // the release may have been superseded and removed while it was being loaded: the next one will do
            log.warn("Policy release {} could not be evaluated: {}", release.getNumber(), e.toString());
        }
    }

    private void add(int release, double proxy, GoldReport gold) throws IOException {
        GoldFigures figures = GoldFigures.of(gold);
        EvalPoint point = new EvalPoint(
                Instant.now(),
                release,
                proxy,
                gold.clean().orElseThrow(),
                figures.one(),
                figures.two(),
                figures.three());
        history.add(point);
        measured.append(point);
    }

    @Override
    public void close() throws InterruptedException {
        stopping.countDown();
        thread.interrupt();
        thread.join(TimeUnit.SECONDS.toMillis(2));
        if (thread.isAlive()) {
            NativeEnd.required();
        }
    }
}
