package dev.preflow.scorer.train;

import dev.preflow.schemas.Release;
import dev.preflow.schemas.ReleaseFile;
import dev.preflow.schemas.ReleaseKind;
import dev.preflow.stream.StageRuntime;
import dev.preflow.stream.TopicReader;
import dev.preflow.stream.TopicStart;
import dev.preflow.stream.blob.BlobStore;
import dev.preflow.stream.blob.ReleaseFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Publishes the reward releases, one after the other, and removes the weights of old ones. Blocks; for one thread. */
final class RewardReleases {

    private static final long LIMIT_SECONDS = 60;

    private final StageRuntime runtime;
    private final BlobStore blobs;
    private final ReleaseFiles files;
    private final int keep;
    private final Deque<Release> kept = new ArrayDeque<>();

    /**
     * Learns which releases there are.
     *
     * @param runtime where releases are published
     * @param blobs where their files are
     * @param files packs them
     * @param keep how many releases' files are kept, from 1
     * @throws IOException when the releases cannot be read
     */
    RewardReleases(StageRuntime runtime, BlobStore blobs, ReleaseFiles files, int keep) throws IOException {
        this.runtime = runtime;
        this.blobs = blobs;
        this.files = files;
        this.keep = keep;
        for (var release : published()) {
            keep(release);
        }
    }

    private List<Release> published() throws IOException {
        var found = new CopyOnWriteArrayList<Release>();
        try (var reader =
                TopicReader.start(runtime.kafka(), runtime.topics().releases(), TopicStart.beginning(), delivery -> {
                    if (delivery.record().getKind() == ReleaseKind.REWARD) {
                        found.add(delivery.record());
                    }
                })) {
            reader.caughtUp().toCompletionStage().toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
            return List.copyOf(found);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while reading the releases", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("Cannot read the releases", e);
        }
    }

    /**
     * The newest release.
     *
     * @return the release; null before the first
     */
    @Nullable
    Release newest() {
        return kept.peekLast();
    }

    /**
     * Publishes a release after its files are durable, and removes the files of the oldest.
     *
     * @param directory the model
     * @param metrics what was measured
     * @return the release, acknowledged
     * @throws IOException when it could not be published
     * @throws InterruptedException when the thread is told to stop
     */
    Release publish(Path directory, Map<String, Double> metrics) throws IOException, InterruptedException {
        var before = newest();
        int number = before == null ? 1 : before.getNumber() + 1;
        var parent = before == null ? null : before.getId();
        var release = files.pack(ReleaseKind.REWARD, number, parent, directory, metrics);
        try {
            runtime.publisher()
                    .publish(runtime.topics().releases(), ReleaseKind.REWARD.name(), release)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("Kafka has not taken reward release " + number, e);
        }
        keep(release);
        prune();
        return release;
    }

    private void keep(Release release) {
        kept.removeIf(known -> known.getId().equals(release.getId()));
        kept.addLast(release);
    }

    /** Files that a kept release shares, such as the vocabulary, stay. */
    private void prune() throws IOException {
        var needed = new HashSet<String>();
        kept.stream().skip(Math.max(0, kept.size() - keep)).forEach(release -> needed.addAll(digests(release)));
        while (kept.size() > keep) {
            for (var digest : digests(kept.removeFirst())) {
                if (!needed.contains(digest)) {
                    blobs.delete(digest);
                }
            }
        }
        files.prune(kept.stream().map(Release::getId).toList());
    }

    private static List<String> digests(Release release) {
        return release.getFiles().stream()
                .map(ReleaseFile::getBlob)
                .map(blob -> blob.getSha256())
                .toList();
    }
}
