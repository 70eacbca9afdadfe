package dev.preflow.producers.generate;

import dev.preflow.schemas.Release;
import dev.preflow.schemas.ReleaseKind;
import dev.preflow.stream.StageRuntime;
import dev.preflow.stream.TopicReader;
import dev.preflow.stream.TopicStart;
import dev.preflow.stream.blob.ReleaseFiles;
import dev.preflow.stream.observe.Health;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A {@link PolicyShelf} that follows the releases topic. */
final class LivePolicy implements AutoCloseable {

    private static final Duration CATCH_UP_LIMIT = Duration.ofSeconds(30);

    private final PolicyShelf shelf;
    private final TopicReader<Release> reader;

    private LivePolicy(PolicyShelf shelf, TopicReader<Release> reader) {
        this.shelf = shelf;
        this.reader = reader;
    }

    /**
     * Loads the newest releases that there are, and follows those that come. Blocks.
     *
     * @param directory the weights to draw with until there is a release
     */
    static LivePolicy open(StageRuntime runtime, Path directory, ReleaseFiles files, LocalOptions options)
            throws IOException {
        var base = new SharedPainter(Painter.load(directory, options.compute()), null);
        var shelf = new PolicyShelf(
                base,
                new ReleaseLoader(files, directory, options.compute(), base),
                options.keepReleases(),
                options.releaseWait());
        var reader =
                TopicReader.start(runtime.kafka(), runtime.topics().releases(), TopicStart.beginning(), delivery -> {
                    if (delivery.record().getKind() == ReleaseKind.POLICY) {
                        shelf.offer(delivery.record());
                    }
                });
        var policy = new LivePolicy(shelf, reader);
        try {
            policy.catchUp();
        } catch (IOException e) {
            policy.close();
            throw e;
        }
        runtime.health().ready("policy-releases", policy::status);
        return policy;
    }

    PolicyShelf shelf() {
        return shelf;
    }

    @Override
    public void close() {
        reader.close();
        shelf.close();
    }

    private void catchUp() throws IOException {
        try {
            reader.caughtUp()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(CATCH_UP_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            shelf.start();
            shelf.awaitQuiet();
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("Cannot read the releases topic to its end within " + CATCH_UP_LIMIT, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while loading the policy's releases", e);
        }
    }

    private Health.Status status() {
        return shelf.problem().map(Health.Status::bad).orElseGet(() -> Health.Status.good("the newest release draws"));
    }
}
