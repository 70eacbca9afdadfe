package dev.preflow.trainer;

import dev.preflow.schemas.Release;
import dev.preflow.schemas.ReleaseFile;
import dev.preflow.schemas.ReleaseKind;
import dev.preflow.stream.StageRuntime;
import dev.preflow.stream.blob.BlobStore;
import dev.preflow.stream.blob.ReleaseFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the policy's releases, one after the other, and removes the weights of superseded ones: the newest stay, and the
 * first, which is the base. Blocks; for one thread.
 */
final class PolicyReleases {
    private static final long LIMIT_SECONDS = 60;

    private final StageRuntime runtime;
    private final BlobStore blobs;
    private final ReleaseFiles files;
    private final int keep;
    private final Set<String> base = new HashSet<>();
    private final Deque<Release> kept = new ArrayDeque<>();

    /**
     * A publisher that continues after earlier releases.
     *
     * @param published the policy's releases so far, oldest first
     * @param keep how many releases' files stay, besides the first's
     */
    PolicyReleases(StageRuntime runtime, BlobStore blobs, ReleaseFiles files, List<Release> published, int keep) {
        this.runtime = runtime;
        this.blobs = blobs;
        this.files = files;
        this.keep = keep;
        published.forEach(this::remember);
    }

    private void remember(Release release) {
        if (release.getNumber() == 1) {
            base.addAll(digests(release));
        }
        kept.removeIf(known -> known.getId().equals(release.getId()));
        kept.addLast(release);
    }

    /** The newest release; null before the first. */
    @Nullable
    Release newest() {
        return kept.peekLast();
    }

    /** How many releases have been made since the one of this id; the largest integer if it is not among those kept. */
    int age(String id) {
        int age = 0;
        for (Iterator<Release> newestFirst = kept.descendingIterator(); newestFirst.hasNext(); age++) {
            if (newestFirst.next().getId().equals(id)) {
                return age;
            }
        }
        return Integer.MAX_VALUE;
    }

    /**
     * Publishes weights after their files are durable.
     *
     * @param policy written out in full; unchanged files keep their digests
     * @param number counts the releases from 1
     * @return the release, acknowledged by Kafka
     */
    Release publish(TrainedPolicy policy, int number, Map<String, Double> metrics)
            throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("preflow-policy");
        try {
            policy.export(directory);
            Release before = newest();
            Release release =
                    files.pack(ReleaseKind.POLICY, number, before == null ? null : before.getId(), directory, metrics);
            runtime.publisher()
                    .publish(runtime.topics().releases(), ReleaseKind.POLICY.name(), release)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(LIMIT_SECONDS, TimeUnit.SECONDS);
            remember(release);
            prune();
            return release;
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("Kafka has not taken policy release " + number, e);
        } finally {
            delete(directory);
        }
    }

    private void prune() throws IOException {
        Set<String> needed = new HashSet<>(base);
        kept.stream().skip(Math.max(0, kept.size() - keep)).forEach(release -> needed.addAll(digests(release)));
        while (kept.size() > keep) {
            for (String digest : digests(kept.removeFirst())) {
                if (!needed.contains(digest)) {
                    blobs.delete(digest);
                }
            }
        }
    }

    private static List<String> digests(Release release) {
        return release.getFiles().stream()
                .map(ReleaseFile::getBlob)
                .map(blob -> blob.getSha256())
                .toList();
    }

    private static void delete(Path directory) throws IOException {
        try (var paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
