package dev.preflow.scorer.score;

import dev.preflow.models.reward.VpScore;
import dev.preflow.models.tensor.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The release that scores. A new one is loaded beside it by another thread and takes its place between two batches, in one
 * step: whatever is scored together is scored by one release. All scoring happens on one thread.
 */
final class ServingModel {

    private final int threads;
    private final AtomicReference<@Nullable Loaded> next = new AtomicReference<>();
    private @Nullable Loaded current;

    /**
     * A release in memory.
     *
     * @param id the release
     * @param model its network
     */
    record Loaded(String id, VpScore model) {}

    /**
     * No release yet.
     *
     * @param threads intra-op threads of the scoring thread
     */
    ServingModel(int threads) {
        this.threads = threads;
    }

    /**
     * Hands over a release that shall take the place of the serving one.
     *
     * @param release the loaded release
     */
    void replaceBy(Loaded release) {
        var overtaken = next.getAndSet(release);
        if (overtaken != null) {
            overtaken.model().close();
        }
    }

    /**
     * Scores groups of images, all by the release that serves now.
     *
     * @param groups groups of images, as many in each as there are
     * @return the scores of each group
     */
    List<Scored> score(List<List<Scorable>> groups) {
        var release = swap();
        var images = groups.stream().flatMap(List::stream).toList();
        float[] values = release.model()
                .score(
                        images.stream().map(Scorable::picture).toList(),
                        images.stream()
                                .map(scorable -> scorable.image().getPromptText())
                                .toList());
        var scored = new ArrayList<Scored>(groups.size());
        int from = 0;
        for (var group : groups) {
            scored.add(new Scored(release.id(), Arrays.copyOfRange(values, from, from + group.size())));
            from += group.size();
        }
        return scored;
    }

    private Loaded swap() {
        var release = next.getAndSet(null);
        if (release != null) {
            if (current == null) {
                Torch.useThreads(threads);
            } else {
                current.model().close();
            }
            current = release;
        }
        if (current == null) {
            throw new IllegalStateException("There is no reward release yet");
        }
        return current;
    }

    /** Frees the releases; to be called when nothing is scored any more. */
    void close() {
        var waiting = next.getAndSet(null);
        if (waiting != null) {
            waiting.model().close();
        }
        if (current != null) {
            current.model().close();
            current = null;
        }
    }
}
