package dev.preflow.scorer.score;

import dev.preflow.schemas.Release;
import dev.preflow.schemas.ReleaseKind;
import dev.preflow.stream.StageRuntime;
import dev.preflow.stream.TopicReader;
import dev.preflow.stream.TopicStart;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the reward releases and loads the newest, on a thread of its own. One that was replaced before it was loaded is
 * passed over; one that cannot be loaded is tried again, and the one before serves on.
 */
final class ReleaseLoader implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ReleaseLoader.class);
    private static final long CLOSE_SECONDS = 10;
    private static final long RETRY_SECONDS = 5;

    private final Loading loading;
    private final ScheduledThreadPoolExecutor thread;
    private final TopicReader<Release> reader;
    private volatile @Nullable Release newest;
    private volatile boolean caughtUp;
    private @Nullable String loaded;

    /**
     * Starts to follow.
     *
     * @param runtime where the releases are
     * @param loading what is done with a release
     */
    ReleaseLoader(StageRuntime runtime, Loading loading) {
        this.loading = loading;
        thread = new ScheduledThreadPoolExecutor(1, task -> {
            var daemon = new Thread(task, "reward-loader");
            daemon.setDaemon(true);
            return daemon;
        });
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        reader = TopicReader.start(
                runtime.kafka(),
                runtime.topics().releases(),
                TopicStart.beginning(),
                delivery -> seen(delivery.record()));
        reader.caughtUp().onSuccess(ignored -> {
            caughtUp = true;
            loadAfter(0);
        });
    }

    private void seen(Release release) {
        if (release.getKind() == ReleaseKind.REWARD) {
            newest = release;
            // what lies behind a newer one need not be loaded, its blobs may be gone
            if (caughtUp) {
                loadAfter(0);
            }
        }
    }

    private void loadAfter(long seconds) {
        try {
            thread.schedule(this::load, seconds, TimeUnit.SECONDS);
        } catch (RejectedExecutionException e) {
            log.debug("Nothing more is loaded while stopping");
        }
    }

    private void load() {
        var release = newest;
        if (release == null || release.getId().equals(loaded)) {
            return;
        }
        try {
            loading.load(release);
            loaded = release.getId();
        } catch (Exception e) {
            log.error(
                    "Reward release {} ({}) cannot be loaded, trying again in {} s",
                    release.getNumber(),
                    release.getId(),
                    RETRY_SECONDS,
                    e);
            loadAfter(RETRY_SECONDS);
        }
    }

    @Override
    public void close() {
        reader.close();
        thread.shutdown();
        try {
            if (!thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                log.warn("A reward release is still being loaded after {} s", CLOSE_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Loads a release. */
    interface Loading {

        /**
         * Loads a release and puts it to use.
         *
         * @param release the release
         * @throws Exception when it cannot be loaded
         */
        void load(Release release) throws Exception;
    }
}
