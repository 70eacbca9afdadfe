package dev.preflow.app.release;

import dev.preflow.app.config.AppSettings;
import dev.preflow.app.kafka.KafkaContact;
import dev.preflow.schemas.Release;
import dev.preflow.schemas.ReleaseKind;
import dev.preflow.stream.TopicReader;
import dev.preflow.stream.TopicStart;
import dev.preflow.stream.blob.BlobStore;
import dev.preflow.stream.blob.ReleaseFiles;
import dev.preflow.stream.config.Config;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The newest release of each kind, as of the moment of reading. Kafka is needed for reading only. */
public final class NewestReleases {
    private static final long LIMIT_SECONDS = 60;

    private final Map<ReleaseKind, Release> newest;
    private final ReleaseFiles files;

    private NewestReleases(Map<ReleaseKind, Release> newest, ReleaseFiles files) {
        this.newest = newest;
        this.files = files;
    }

    /**
     * A release that lies in a directory.
     *
     * @param release what it is
     * @param directory its files; they must not be changed
     */
    public record Found(Release release, Path directory) {}

    /**
     * Reads the releases' topic. Blocks.
     *
     * @param config says where Kafka is and where the blobs lie
     * @throws IOException when Kafka does not answer
     */
    public static NewestReleases read(Config config) throws IOException, InterruptedException {
        KafkaContact kafka = KafkaContact.make(config);
        Map<ReleaseKind, Release> newest = new ConcurrentHashMap<>();
        try (var reader = TopicReader.start(
                kafka.connection(),
                kafka.topics().releases(),
                TopicStart.beginning(),
                delivery -> newest.put(delivery.record().getKind(), delivery.record()))) {
            reader.caughtUp().toCompletionStage().toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException(
                    "Cannot read the topic " + kafka.topics().releases().name(), e);
        }
        ReleaseFiles files = new ReleaseFiles(
                new BlobStore(config.get(AppSettings.BLOBS)),
                config.get(AppSettings.STATE).resolve("releases"),
                Clock.systemUTC());
        files.prune(newest.values().stream().map(Release::getId).toList());
        return new NewestReleases(Map.copyOf(newest), files);
    }

    /**
     * The newest release of a kind.
     *
     * @return empty before the first
     * @throws IOException when its blobs are missing or corrupt
     */
    public Optional<Found> find(ReleaseKind kind) throws IOException {
        Release release = newest.get(kind);
        return release == null ? Optional.empty() : Optional.of(new Found(release, files.unpack(release)));
    }
}
