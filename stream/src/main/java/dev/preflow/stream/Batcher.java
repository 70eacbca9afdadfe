package dev.preflow.stream;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work that is best done many at a time, on one thread of its own: items that wait together are worked on together. What never
 * may run on an event loop, such as tensors, runs here. How many wait is bounded by who submits, such as a stage's records in
 * flight.
 *
 * @param <I> what is worked on
 * @param <O> what becomes of it
 */
public final class Batcher<I, O> implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Batcher.class);

    private final String name;
    private final int maxBatch;
    private final long lingerNanos;
    private final Function<I, ?> compatibility;
    private final Work<I, O> work;
    private final ArrayDeque<Waiting<I, O>> waiting = new ArrayDeque<>();
    private final Thread thread;
    private boolean closed;

    /**
     * @param name names the thread
     * @param maxBatch items worked on together at most, from 1
     * @param linger how long the oldest item waits for others before its batch starts unfilled; zero starts at once
     * @param compatibility only items for which this gives equal results share a batch
     * @param work the work
     */
    public Batcher(String name, int maxBatch, Duration linger, Function<I, ?> compatibility, Work<I, O> work) {
        if (maxBatch < 1) {
            throw new IllegalArgumentException("maxBatch is " + maxBatch + ": give at least 1");
        }
        this.name = name;
        this.maxBatch = maxBatch;
        this.lingerNanos = linger.toNanos();
        this.compatibility = compatibility;
        this.work = work;
        this.thread = new Thread(this::run, name);
        this.thread.setDaemon(true);
        this.thread.start();
    }

    /**
     * Hands an item over.
     *
     * @param item the item
     * @return what becomes of it, on the caller's Vert.x context when it has one; fails as the work fails for it
     */
    public Future<O> submit(I item) {
        var entry = new Waiting<I, O>(item, compatibility.apply(item), new ContextPromise<>(), System.nanoTime());
        synchronized (waiting) {
            if (closed) {
                entry.promise.fail(new RejectedExecutionException(name + " is closed"));
            } else {
                waiting.add(entry);
                waiting.notifyAll();
            }
        }
        return entry.promise.future();
    }

    /**
     * How many items wait.
     *
     * @return those that no batch has taken yet
     */
    public int waiting() {
        synchronized (waiting) {
            return waiting.size();
        }
    }

    /** Takes nothing more, works off what waits, and ends. */
    @Override
    public void close() {
        synchronized (waiting) {
            closed = true;
            waiting.notifyAll();
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Takes nothing more and gives up what waits, which fails with {@link CancellationException}; the batch at hand goes on. */
    public void cancelWaiting() {
        var cut = new ArrayList<Waiting<I, O>>();
        synchronized (waiting) {
            closed = true;
            cut.addAll(waiting);
            waiting.clear();
            waiting.notifyAll();
        }
        cut.forEach(
                entry -> entry.promise.fail(new CancellationException(name + " was closed before it came to this")));
    }

    private void run() {
        try {
            for (var batch = take(); !batch.isEmpty(); batch = take()) {
                work(batch);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The oldest item and those that may go with it; empty when closed and worked off. */
    private List<Waiting<I, O>> take() throws InterruptedException {
        synchronized (waiting) {
            while (waiting.isEmpty()) {
                if (closed) {
                    return List.of();
                }
                waiting.wait();
            }
            long left = remainingLinger();
            while (left > 0 && !closed && compatibleWithOldest() < maxBatch) {
                TimeUnit.NANOSECONDS.timedWait(waiting, left);
                left = waiting.isEmpty() ? 0 : remainingLinger();
            }
            return removeBatch();
        }
    }

    private long remainingLinger() {
        return lingerNanos - (System.nanoTime() - waiting.element().sinceNanos);
    }

    private int compatibleWithOldest() {
        var key = waiting.element().key;
        return (int) waiting.stream().filter(entry -> entry.key.equals(key)).count();
    }

    private List<Waiting<I, O>> removeBatch() {
        var batch = new ArrayList<Waiting<I, O>>();
        for (Iterator<Waiting<I, O>> entries = waiting.iterator(); entries.hasNext() && batch.size() < maxBatch; ) {
            var entry = entries.next();
            if (batch.isEmpty() || entry.key.equals(batch.get(0).key)) {
                batch.add(entry);
                entries.remove();
            }
        }
        return batch;
    }

    private void work(List<Waiting<I, O>> batch) {
        try {
            var results = work.run(batch.stream().map(Waiting::item).toList());
            if (results.size() != batch.size()) {
                throw new IllegalStateException(
                        "%s gave %d results for %d items".formatted(name, results.size(), batch.size()));
            }
            for (int i = 0; i < batch.size(); i++) {
                batch.get(i).promise.complete(results.get(i));
            }
        } catch (Exception e) {
            if (batch.size() == 1) {
                batch.get(0).promise.fail(e);
            } else {
                // one bad item must not fail its neighbours: each gets its own chance and its own failure
                log.warn("{}: a batch of {} failed, going on one by one: {}", name, batch.size(), e.toString());
                batch.forEach(entry -> work(List.of(entry)));
            }
        } catch (Error e) {
            // such as too little memory: no item's fault, and without this thread all of them would wait for good
            log.error("{}: a batch of {} failed", name, batch.size(), e);
            var failure = new RetriableException(name + " failed: " + e, e);
            batch.forEach(entry -> entry.promise.fail(failure));
        }
    }

    /**
     * The work itself, always on the batcher's thread.
     *
     * @param <I> what is worked on
     * @param <O> what becomes of it
     */
    @FunctionalInterface
    public interface Work<I, O> {

        /**
         * Works on a batch.
         *
         * @param items from one to the greatest batch
         * @return a result per item, in their order
         * @throws Exception when it fails; with more than one item each is then tried alone
         */
        List<O> run(List<I> items) throws Exception;
    }

    private record Waiting<I, O>(I item, Object key, ContextPromise<O> promise, long sinceNanos) {}
}
