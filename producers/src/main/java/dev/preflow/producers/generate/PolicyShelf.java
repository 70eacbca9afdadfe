package dev.preflow.producers.generate;

import dev.preflow.schemas.Release;
import dev.preflow.stream.NonRetriableException;
import dev.preflow.stream.RetriableException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The policy's newest releases, loaded side by side. A new one is loaded on a thread of its own while the old one draws, and
 * takes its place in one step; what is drawn at that moment is drawn to its end with the weights that it began with. The
 * oldest goes when there are too many and nobody draws with it. Thread-safe.
 */
final class PolicyShelf implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(PolicyShelf.class);

    private final Loader loader;
    private final int keep;
    private final Duration wait;
    private final Thread thread;
    private final ArrayDeque<Release> pending = new ArrayDeque<>();
    /** By release id, the newest last; the initial weights stand under the empty id. */
    private final LinkedHashMap<String, SharedPainter> loaded = new LinkedHashMap<>();

    private final Map<String, CompletableFuture<Void>> awaited = new HashMap<>();
    private final BoundedIds gone = new BoundedIds();
    private @Nullable String problem;
    private boolean loading;
    private boolean draining;
    private boolean closed;

    /**
     * A shelf with the weights that the policy starts with.
     *
     * @param initial draws until the first release comes; the shelf is its first user
     * @param loader loads releases
     * @param keep releases to hold at once, from 1
     * @param wait how long a task waits for a release that has not been seen
     */
    PolicyShelf(SharedPainter initial, Loader loader, int keep, Duration wait) {
        this.loader = loader;
        this.keep = keep;
        this.wait = wait;
        loaded.put("", initial);
        thread = new Thread(this::load, "policy-loader");
        thread.setDaemon(true);
    }

    /** Begins to load what is offered. Until then only the newest are remembered, so that a long history costs nothing. */
    void start() {
        thread.start();
    }

    /** Takes note of a release; it is loaded soon, unless newer ones make that needless. */
    synchronized void offer(Release release) {
        if (newest().isRelease(release.getId()) && pending.isEmpty()) {
            return;
        }
        pending.add(release);
        if (pending.size() > keep) {
            giveUp(pending.remove().getId());
        }
        notifyAll();
    }

    /** Completes when a release can be drawn with; fails when it no longer can, or is not seen in time. */
    synchronized CompletableFuture<Void> await(String releaseId) {
        if (draining) {
            return CompletableFuture.failedFuture(closed());
        }
        if (loaded.containsKey(releaseId)) {
            return CompletableFuture.completedFuture(null);
        }
        boolean coming = pending.stream().anyMatch(release -> release.getId().equals(releaseId));
        if (gone.contains(releaseId) && !coming) {
            return CompletableFuture.failedFuture(stale(releaseId, "is superseded and no longer held"));
        }
        return awaited.computeIfAbsent(releaseId, id -> {
            var future = new CompletableFuture<Void>();
            CompletableFuture.delayedExecutor(wait.toMillis(), TimeUnit.MILLISECONDS)
                    .execute(() -> forget(id, future));
            return future;
        });
    }

    /** Lets nobody wait any longer for a release: such tasks are left to whoever starts next. What is loaded can be drawn with. */
    synchronized void drain() {
        draining = true;
        awaited.values().forEach(future -> future.completeExceptionally(closed()));
        awaited.clear();
    }

    /** Completes when every release offered so far is loaded or given up. */
    synchronized void awaitQuiet() throws InterruptedException {
        while (!closed && (loading || !pending.isEmpty())) {
            wait();
        }
    }

    /**
     * Takes weights to draw with; they stay until the lease is closed.
     *
     * @param releaseId the release, null for the newest
     */
    synchronized SharedPainter.Lease lease(@Nullable String releaseId)
            throws NonRetriableException, RetriableException {
        if (closed) {
            throw closed();
        }
        var chosen = releaseId == null ? newest() : loaded.get(releaseId);
        if (chosen == null) {
            throw stale(releaseId, "is superseded and no longer held");
        }
        return chosen.take();
    }

    /** Why the newest release could not be loaded, empty when all is well. */
    synchronized Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            drain();
            List.copyOf(loaded.keySet()).forEach(this::retire);
        }
    }

    private void load() {
        try {
            for (var release = next(); release != null; release = next()) {
                try {
                    install(release, loader.load(release));
                } catch (IOException | RuntimeException e) {
                    refuse(release, e);
                }
            }
        } catch (InterruptedException e) {
            log.debug("The loader of policy releases stops");
        }
    }

    private synchronized @Nullable Release next() throws InterruptedException {
        loading = false;
        notifyAll();
        while (pending.isEmpty() && !closed) {
            wait();
        }
        loading = !closed;
        return closed ? null : pending.remove();
    }

    private synchronized void install(Release release, Painter painter) {
        retire(release.getId());
        loaded.put(release.getId(), new SharedPainter(painter, release));
        var ids = new ArrayList<>(loaded.keySet());
        ids.subList(0, Math.max(0, ids.size() - keep)).forEach(this::retire);
        problem = null;
        log.info("The policy draws with release {} ({})", release.getNumber(), release.getId());
        var waiting = awaited.remove(release.getId());
        if (waiting != null) {
            waiting.complete(null);
        }
    }

    private synchronized void refuse(Release release, Exception cause) {
        problem = "Policy release %d (%s) cannot be loaded: %s"
                .formatted(release.getNumber(), release.getId(), cause.getMessage());
        log.error("{}; the release before it stays", problem, cause);
        giveUp(release.getId());
    }

    private void giveUp(String releaseId) {
        if (!loaded.containsKey(releaseId)) {
            gone.add(releaseId);
        }
        var waiting = awaited.remove(releaseId);
        if (waiting != null) {
            waiting.completeExceptionally(stale(releaseId, "was superseded, or could not be loaded"));
        }
    }

    private void retire(String releaseId) {
        var old = loaded.remove(releaseId);
        if (old != null) {
            gone.add(releaseId);
            old.letGo();
        }
    }

    private synchronized void forget(String releaseId, CompletableFuture<Void> future) {
        awaited.remove(releaseId, future);
        future.completeExceptionally(stale(releaseId, "was not seen within " + wait));
    }

    private SharedPainter newest() {
        var all = loaded.values().iterator();
        var last = all.next();
        while (all.hasNext()) {
            last = all.next();
        }
        return last;
    }

    private static RetriableException closed() {
        // another process, or this one after its restart, can still draw it
        return new RetriableException("The generator is closed", null);
    }

    private static NonRetriableException stale(String releaseId, String why) {
        return new NonRetriableException("stale-release", "Policy release %s %s".formatted(releaseId, why));
    }

    /** Makes weights out of a release. */
    @FunctionalInterface
    interface Loader {

        /** Loads a release; blocks. */
        Painter load(Release release) throws IOException;
    }
}
