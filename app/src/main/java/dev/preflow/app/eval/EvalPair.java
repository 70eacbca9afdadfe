package dev.preflow.app.eval;

import dev.preflow.demo.render.ContactSheet;
import dev.preflow.demo.scene.ScenePrompt;
import dev.preflow.models.pipeline.DiffusionPipeline;
import dev.preflow.models.reward.VpScore;
import dev.preflow.models.tensor.Torch;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Base and policy on one plan.
 *
 * @param base the base's run
 * @param policy the policy's
 */
public record EvalPair(EvalRun base, EvalRun policy) {
    private static final int SHEET_PAIRS = 48;
    private static final int SHEET_COLUMNS = 12;
    private static final int SHEET_SIDE = 96;

    /**
     * VP-Score of both.
     *
     * @param base its mean over the base's images
     * @param policy its mean over the policy's images
     * @param accuracy how often it agrees with the gold judge, see {@link ProxyScore#accuracy}; null if there is no pair
     */
    public record Proxy(
            double base, double policy, @Nullable Double accuracy) {}

    /**
     * Draws and judges both, each on a thread of its own: two threads with half of the cores each are faster than one with all.
     *
     * @param progress is told how many images of the two have been drawn
     */
    public static EvalPair draw(EvalPlan plan, DiffusionPipeline base, DiffusionPipeline policy, IntConsumer progress)
            throws InterruptedException {
        AtomicInteger drawn = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<EvalRun>> runs = new ArrayList<>();
            for (DiffusionPipeline pipeline : List.of(base, policy)) {
                runs.add(threads.submit(() -> {
                    Torch.useThreads(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
                    AtomicInteger own = new AtomicInteger();
                    return EvalRun.of(
                            plan, pipeline, now -> progress.accept(drawn.addAndGet(now - own.getAndSet(now))));
                }));
            }
            return new EvalPair(runs.get(0).get(), runs.get(1).get());
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "The evaluation failed: " + e.getCause().getMessage(), e.getCause());
        } finally {
            threads.shutdown();
        }
    }

    /** The gold judge's figures. */
    public Comparison comparison() {
        return Comparison.of(base, policy);
    }

    /** VP-Score's figures. */
    public Proxy proxy(VpScore reward) {
        OptionalDouble accuracy = ProxyScore.accuracy(reward, List.of(base, policy));
        return new Proxy(
                ProxyScore.mean(reward, base),
                ProxyScore.mean(reward, policy),
                accuracy.isPresent() ? accuracy.getAsDouble() : null);
    }

    /** A page of pairs spread over the plan, base above policy, as PNG. */
    public byte[] contactSheet() {
        int pairs = Math.min(SHEET_PAIRS, base.images().size());
        List<ScenePrompt> prompts = base.plan().prompts();
        List<ContactSheet.Entry> entries = new ArrayList<>();
        for (int from = 0; from < pairs; from += SHEET_COLUMNS) {
            for (EvalRun run : List.of(base, policy)) {
                for (int i = from; i < Math.min(from + SHEET_COLUMNS, pairs); i++) {
                    int at = i * base.images().size() / pairs;
                    entries.add(new ContactSheet.Entry(
                            run.images().get(at).toBufferedImage(),
                            prompts.get(at).text() + "\n" + run.release() + " "
                                    + run.verdicts().get(at).meanRating()));
                }
            }
        }
        return new ContactSheet(SHEET_COLUMNS, SHEET_SIDE).png(entries);
    }
}
