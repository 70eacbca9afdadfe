package dev.preflow.producers.generate;

import dev.preflow.models.pipeline.LoraDirectory;
import dev.preflow.models.tensor.Compute;
import dev.preflow.schemas.Release;
import dev.preflow.stream.blob.ReleaseFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/** Makes painters out of policy releases: of whole weights, or of a LoRA on the policy's base. For one thread. */
final class ReleaseLoader implements PolicyShelf.Loader {

    private final ReleaseFiles files;
    private final Path directory;
    private final Compute compute;
    private SharedPainter base;

    /**
     * A loader that has loaded nothing.
     *
     * @param files lays releases out
     * @param directory the base
     * @param compute where releases draw, and in what precision
     * @param base the base's weights, for as long as somebody uses them
     */
    ReleaseLoader(ReleaseFiles files, Path directory, Compute compute, SharedPainter base) {
        this.files = files;
        this.directory = directory;
        this.compute = compute;
        this.base = base;
    }

    @Override
    public Painter load(Release release) throws IOException {
        // weights are copied out of the files: earlier releases' directories only hold on to blobs that may be gone
        files.prune(Set.of());
        var laidOut = files.unpack(release);
        return LoraDirectory.holds(laidOut) ? Painter.adapt(base(), laidOut) : Painter.load(laidOut, compute);
    }

    private SharedPainter.Lease base() throws IOException {
        var lease = base.tryTake();
        if (lease == null) {
            // releases of whole weights have taken its place meanwhile
            base = new SharedPainter(Painter.load(directory, compute), null);
            lease = base.take();
            base.letGo();
        }
        return lease;
    }
}
