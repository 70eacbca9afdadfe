package dev.preflow.producers.generate;

import dev.preflow.schemas.GenerationTask;
import dev.preflow.schemas.Purpose;
import dev.preflow.stream.Batcher;
import dev.preflow.stream.NonRetriableException;
import dev.preflow.stream.RetriableException;
import dev.preflow.stream.StageRuntime;
import dev.preflow.stream.blob.ReleaseFiles;
import io.micrometer.core.instrument.DistributionSummary;
import io.vertx.core.Future;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Diffusion pipelines in this process. Tasks that wait together are drawn together, on one thread. The variants may be frozen
 * models, with settings of their own that make them better or worse, and one of them may be the policy: it follows the
 * releases topic and takes up new weights between two batches.
 *
 * <p>A task that names a policy release is drawn by exactly that release: it waits for one that is not known yet, and is given
 * up as "stale-release" when the release has been superseded for too long.
 */
public final class LocalGenerator implements ImageGenerator {

    private final Map<String, Variant> variants;
    private final FrozenModels frozen;
    private final @Nullable LivePolicy policy;
    private final HotSwaps swaps;
    private final DistributionSummary batchSizes;
    private final Batcher<PaintTask, Drawing> batcher;

    private LocalGenerator(
            Map<String, Variant> variants,
            FrozenModels frozen,
            @Nullable LivePolicy policy,
            HotSwaps swaps,
            StageRuntime runtime,
            LocalOptions options) {
        this.variants = variants;
        this.frozen = frozen;
        this.policy = policy;
        this.swaps = swaps;
        this.batchSizes = DistributionSummary.builder("preflow.generator.batch")
                .description("Images drawn together")
                .register(runtime.meters());
        this.batcher = new Batcher<>("painter", options.maxBatch(), options.linger(), PaintTask::kind, this::paint);
    }

    /**
     * Loads the models and, when a variant is live, the newest policy releases. Blocks.
     *
     * @param runtime where releases are read and metrics kept
     * @param variants what to stand for; at most one is live
     * @param files lays releases out, in a cache of this generator's own: what it no longer needs is removed
     * @param options how to work
     * @param clock measures swaps
     * @return a generator that is ready to draw
     * @throws IOException when a model cannot be loaded, or the releases cannot be read
     */
    public static LocalGenerator open(
            StageRuntime runtime, Collection<Variant> variants, ReleaseFiles files, LocalOptions options, Clock clock)
            throws IOException {
        var byName = byName(variants);
        var live = variants.stream().filter(Variant::live).findFirst();
        var frozen = FrozenModels.load(variants, options.compute());
        try {
            var policy =
                    live.isEmpty() ? null : LivePolicy.open(runtime, live.get().directory(), files, options);
            return new LocalGenerator(byName, frozen, policy, new HotSwaps(runtime.meters(), clock), runtime, options);
        } catch (IOException | RuntimeException e) {
            frozen.close();
            throw e;
        }
    }

    @Override
    public Set<String> names() {
        return variants.keySet();
    }

    /**
     * How long the policy's releases took to draw their first image.
     *
     * @return the measurements
     */
    public HotSwaps swaps() {
        return swaps;
    }

    @Override
    public Future<Drawing> draw(GenerationTask task) {
        var variant = variants.get(task.getGenerator());
        if (variant == null) {
            return refuse("unknown-generator", "There is no generator '%s' here", task);
        }
        boolean rollout = task.getPurpose() == Purpose.ROLLOUT;
        if (!variant.live() && (rollout || task.getPolicyRelease() != null)) {
            return refuse("not-the-policy", "Generator '%s' is frozen: ask the policy for rollouts", task);
        }
        var work = PaintTask.of(task, variant, rollout);
        if (policy == null || task.getPolicyRelease() == null) {
            return submit(work);
        }
        return Future.fromCompletionStage(policy.shelf().await(task.getPolicyRelease()))
                .compose(ready -> submit(work));
    }

    /** Starts no further batch: tasks that wait fail, and are left to whoever starts next. Does not wait for the batch at hand. */
    public void drain() {
        batcher.cancelWaiting();
        if (policy != null) {
            policy.shelf().drain();
        }
    }

    /** Drains, waits for the batch at hand, as nothing may be freed under it, and lets go of the models. */
    @Override
    public void close() {
        drain();
        batcher.close();
        if (policy != null) {
            policy.close();
        }
        frozen.close();
    }

    private Future<Drawing> submit(PaintTask work) {
        // whoever starts next can still draw it: no reason to give the task up
        return batcher.submit(work)
                .recover(cause -> Future.failedFuture(
                        cause instanceof RejectedExecutionException || cause instanceof CancellationException
                                ? new RetriableException("The generator is closed", cause)
                                : cause));
    }

    private List<Drawing> paint(List<PaintTask> tasks) throws NonRetriableException, RetriableException {
        batchSizes.record(tasks.size());
        var kind = tasks.get(0).kind();
        if (kind.directory() != null) {
            return drawings(tasks, frozen.get(kind.directory()).paint(tasks), null);
        }
        try (var lease = policy.shelf().lease(kind.release())) {
            var paintings = lease.painter().paint(tasks);
            var release = lease.release();
            if (release != null) {
                swaps.drawn(release);
            }
            return drawings(tasks, paintings, release == null ? null : release.getId());
        }
    }

    private static List<Drawing> drawings(List<PaintTask> tasks, List<Painting> paintings, @Nullable String releaseId) {
        var drawings = new ArrayList<Drawing>(tasks.size());
        for (int i = 0; i < tasks.size(); i++) {
            var task = tasks.get(i);
            var painting = paintings.get(i);
            drawings.add(new Drawing(
                    painting.image(), task.kind().steps(), task.guidanceScale(), releaseId, painting.trajectory()));
        }
        return drawings;
    }

    private static Map<String, Variant> byName(Collection<Variant> variants) {
        var byName = new HashMap<String, Variant>();
        String live = null;
        for (var variant : variants) {
            if (byName.put(variant.name(), variant) != null) {
                throw new IllegalArgumentException(
                        "Two generators are named '%s': rename one".formatted(variant.name()));
            }
            if (variant.live() && live != null) {
                throw new IllegalArgumentException(
                        "Generators '%s' and '%s' are both the policy: make one of them frozen"
                                .formatted(live, variant.name()));
            }
            live = variant.live() ? variant.name() : live;
        }
        return Map.copyOf(byName);
    }

    private static Future<Drawing> refuse(String reason, String detail, GenerationTask task) {
        return Future.failedFuture(new NonRetriableException(reason, detail.formatted(task.getGenerator())));
    }
}
