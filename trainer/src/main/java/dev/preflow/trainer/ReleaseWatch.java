package dev.preflow.trainer;

import dev.preflow.schemas.Release;
import dev.preflow.schemas.ReleaseKind;
import dev.preflow.stream.StageRuntime;
import dev.preflow.stream.TopicReader;
import dev.preflow.stream.TopicStart;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Follows the releases: which policies there were at the start, and how good VP-Score is. Thread-safe. */
final class ReleaseWatch implements AutoCloseable {
    private static final String ACCURACY = "heldOutAccuracy";
    private static final long LIMIT_SECONDS = 60;

    private final List<Release> policies = new ArrayList<>();
    private final TopicReader<Release> reader;
    private boolean caughtUp;
    private double accuracy = Double.NaN;

    private ReleaseWatch(StageRuntime runtime) {
        reader = TopicReader.start(
                runtime.kafka(),
                runtime.topics().releases(),
                TopicStart.beginning(),
                delivery -> add(delivery.record()));
    }

    /** Reads what there is, and follows. Blocks until it has caught up. */
    static ReleaseWatch start(StageRuntime runtime) throws IOException, InterruptedException {
        ReleaseWatch watch = new ReleaseWatch(runtime);
        try {
            watch.reader.caughtUp().toCompletionStage().toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
            watch.stopRemembering();
            return watch;
        } catch (ExecutionException | TimeoutException e) {
            watch.close();
            throw new IOException("Cannot read the releases", e);
        } catch (InterruptedException e) {
            watch.close();
            throw e;
        }
    }

    private synchronized void add(Release release) {
        if (release.getKind() == ReleaseKind.POLICY) {
            if (!caughtUp) {
                policies.add(release);
            }
        } else if (release.getMetrics().containsKey(ACCURACY)) {
            accuracy = release.getMetrics().get(ACCURACY);
            notifyAll();
        }
    }

    /** What comes from now on is the trainer's own: whoever publishes it remembers it, and this list would grow for ever. */
    private synchronized void stopRemembering() {
        caughtUp = true;
    }

    /**
     * The policy's releases at the start, oldest first. Compaction may have removed old ones, but never the newest: releases
     * of one kind have one key.
     */
    synchronized List<Release> policies() {
        return List.copyOf(policies);
    }

    /** Waits until VP-Score is good enough to be trained on. */
    synchronized void awaitAccuracy(double least) throws InterruptedException {
        // not "accuracy < least": before the first release it is NaN
        while (!(accuracy >= least)) {
            wait();
        }
    }

    @Override
    public void close() {
        reader.close();
    }
}
