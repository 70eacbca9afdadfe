package dev.preflow.trainer;

import dev.preflow.schemas.Release;
import dev.preflow.schemas.ReleaseFile;
import dev.preflow.schemas.ReleaseKind;
import dev.preflow.stream.StageRuntime;
import dev.preflow.stream.blob.BlobStore;
import dev.preflow.stream.blob.FileTree;
import dev.preflow.stream.blob.ReleaseFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
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
    private static final String PACKING = "packing-";

    private final StageRuntime runtime;
    private final BlobStore blobs;
    private final ReleaseFiles files;
    private final Path folder;
    private final int keep;
    private final Set<String> base = new HashSet<>();
    private final Deque<Release> kept = new ArrayDeque<>();

    /**
     * A publisher that continues after earlier releases.
     *
     * @param folder in which releases are put together; what an interrupted one left there is removed
     * @param published the policy's releases so far, oldest first
     * @param keep how many releases' files stay, besides the first's
     */
    PolicyReleases(StageRuntime runtime, BlobStore blobs, Path folder, List<Release> published, int keep)
            throws IOException {
        this.runtime = runtime;
        this.blobs = blobs;
        this.files = new ReleaseFiles(blobs, folder, Clock.systemUTC());
        this.folder = folder;
        this.keep = keep;
        removeLeftovers();
        published.forEach(this::remember);
    }

    private void removeLeftovers() throws IOException {
        try (var entries = Files.list(folder)) {
            for (Path entry : entries.toList()) {
                if (entry.getFileName().toString().startsWith(PACKING)) {
                    FileTree.delete(entry);
                }
            }
        }
    }

    private void remember(Release release) {
        if (release.getNumber() == 1) {
            base.addAll(digests(release));
        }
        kept.removeIf(known -> known.getId().equals(release.getId()));
        kept.addLast(release);
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
     * Publishes weights after their files are durable. Weights that are the newest release already are not published again.
     *
     * @param policy written out as it is released; unchanged files keep their digests
     * @return the release, acknowledged by Kafka
     * @throws IOException if the files cannot be written, or Kafka does not take the release
     */
    Release publish(TrainedPolicy policy, Map<String, Double> metrics) throws IOException, InterruptedException {
        Release before = kept.peekLast();
        Release release = pack(
                policy, before == null ? 1 : before.getNumber() + 1, before == null ? null : before.getId(), metrics);
        if (before != null && before.getId().equals(release.getId())) {
            return before;
        }
        try {
            runtime.publisher()
                    .publish(runtime.topics().releases(), ReleaseKind.POLICY.name(), release)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("Kafka has not taken policy release " + release.getNumber(), e);
        }
        remember(release);
        prune();
        return release;
    }

    private Release pack(TrainedPolicy policy, int number, @Nullable String parent, Map<String, Double> metrics)
            throws IOException {
        Path directory = Files.createTempDirectory(folder, PACKING);
        try {
            policy.export(directory);
            return files.pack(ReleaseKind.POLICY, number, parent, directory, metrics);
        } finally {
            FileTree.delete(directory);
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
}
