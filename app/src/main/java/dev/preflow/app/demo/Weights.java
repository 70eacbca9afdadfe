package dev.preflow.app.demo;

import ai.djl.ndarray.NDManager;
import dev.preflow.models.pipeline.DiffusionPipeline;
import dev.preflow.models.reward.VpScore;
import dev.preflow.schemas.Release;
import dev.preflow.schemas.ReleaseKind;
import dev.preflow.stream.StageRuntime;
import dev.preflow.stream.TopicReader;
import dev.preflow.stream.TopicStart;
import dev.preflow.stream.blob.ReleaseFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The newest release of each kind, as models. Loading blocks. */
public final class Weights implements AutoCloseable {
    private final ReleaseFiles files;
    private final Map<ReleaseKind, Release> newest = new ConcurrentHashMap<>();
    private final TopicReader<Release> reader;

    /**
     * Follows the releases.
     *
     * @param files lays releases out to be loaded
     */
    public Weights(StageRuntime runtime, ReleaseFiles files) {
        this.files = files;
        this.reader = TopicReader.start(
                runtime.kafka(),
                runtime.topics().releases(),
                TopicStart.beginning(),
                delivery -> newest.put(delivery.record().getKind(), delivery.record()));
    }

    /** The newest release of a kind. */
    public Optional<Release> newest(ReleaseKind kind) {
        return Optional.ofNullable(newest.get(kind));
    }

    /** The newest policy, loaded below {@code parent}; empty before the first release. */
    public Optional<DiffusionPipeline> policy(NDManager parent) throws IOException {
        Release release = newest.get(ReleaseKind.POLICY);
        return release == null
                ? Optional.empty()
                : Optional.of(DiffusionPipeline.load(laidOut(release), "policy " + release.getNumber(), parent));
    }

    /** The newest VP-Score, loaded below {@code parent}; empty before the first release. */
    public Optional<VpScore> reward(NDManager parent) throws IOException {
        Release release = newest.get(ReleaseKind.REWARD);
        return release == null ? Optional.empty() : Optional.of(VpScore.load(laidOut(release), parent));
    }

    /** Directories of superseded releases go: they would keep the blobs' bytes on the disk. */
    private Path laidOut(Release release) throws IOException {
        files.prune(newest.values().stream().map(Release::getId).toList());
        return files.unpack(release);
    }

    @Override
    public void close() {
        reader.close();
    }
}
