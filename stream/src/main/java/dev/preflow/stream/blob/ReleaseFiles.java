package dev.preflow.stream.blob;

import dev.preflow.schemas.Ids;
import dev.preflow.schemas.Release;
import dev.preflow.schemas.ReleaseFile;
import dev.preflow.schemas.ReleaseKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes releases out of directories, and directories out of releases. Blocks: not for an event loop. */
public final class ReleaseFiles {

    private final BlobStore blobs;
    private final Path cache;
    private final Clock clock;

    /**
     * @param blobs where the files' bytes go
     * @param cache where releases are laid out, a directory per release; created when missing
     * @param clock dates the releases
     * @throws IOException when the cache cannot be created
     */
    public ReleaseFiles(BlobStore blobs, Path cache, Clock clock) throws IOException {
        this.blobs = blobs;
        this.cache = Files.createDirectories(cache);
        this.clock = clock;
    }

    /**
     * Stores a directory's files as blobs and describes them. When this returns the blobs are durable and the release may be
     * published.
     *
     * @param kind what it replaces
     * @param number counts the releases of the kind, from 1
     * @param parent the release it was trained from; null for the first
     * @param directory its files, in any depth
     * @param metrics what was measured before it was let pass
     * @return the release
     * @throws IOException when a file cannot be read or stored, or there is none
     */
    public Release pack(
            ReleaseKind kind, int number, @Nullable String parent, Path directory, Map<String, Double> metrics)
            throws IOException {
        var files = new ArrayList<ReleaseFile>();
        for (var file : filesIn(directory)) {
            var path = directory.relativize(file).toString().replace('\\', '/');
            files.add(new ReleaseFile(path, blobs.put(file, mediaType(path))));
        }
        if (files.isEmpty()) {
            throw new IOException("There is no file in " + directory + " to release");
        }
        var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        return new Release(Ids.releaseId(kind, files), kind, number, parent, files, Map.copyOf(metrics), now);
    }

    /**
     * Lays a release out as a directory, once; a directory that is there already is complete.
     *
     * @param release the release
     * @return the directory; its files must not be changed, they may be links into the blob store
     * @throws BlobException when a blob is missing or corrupt
     * @throws IOException when a path leads outside, or the directory cannot be written
     */
    public Path unpack(Release release) throws IOException {
        var target = directoryOf(release.getId());
        if (Files.isDirectory(target)) {
            return target;
        }
        var building = Files.createDirectories(cache.resolve(".building-" + UUID.randomUUID()));
        try {
            for (var file : release.getFiles()) {
                unpack(file, building);
            }
            moveInto(building, target);
        } catch (IOException | RuntimeException e) {
            FileTree.delete(building);
            throw e;
        }
        return target;
    }

    /**
     * Removes the directories of all releases but some. The blobs stay.
     *
     * @param keep ids of the releases whose directories stay
     * @throws IOException when one cannot be removed
     */
    public void prune(Collection<String> keep) throws IOException {
        try (var directories = Files.list(cache)) {
            for (var directory : directories.toList()) {
                var name = directory.getFileName().toString();
                if (!name.startsWith(".building-") && !keep.contains(name)) {
                    FileTree.delete(directory);
                }
            }
        }
    }

    private void unpack(ReleaseFile file, Path directory) throws IOException {
        var relative = Path.of(file.getPath());
        var target = directory.resolve(relative).normalize();
        if (relative.isAbsolute()
                || file.getPath().contains("\\")
                || !target.startsWith(directory)
                || target.equals(directory)) {
            throw new IOException(
                    "The release has a file named '" + file.getPath() + "', which leads outside its directory");
        }
        var blob = file.getBlob().getSha256();
        blobs.verify(blob);
        Files.createDirectories(target.getParent());
        try {
            Files.createLink(target, blobs.file(blob));
        } catch (UnsupportedOperationException | IOException e) {
            // no hard links across file systems or on this one
            Files.copy(blobs.file(blob), target);
        }
    }

    private static void moveInto(Path building, Path target) throws IOException {
        try {
            Files.move(building, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (!Files.isDirectory(target)) {
                throw e;
            }
            // another thread or process was faster, with the same files
            FileTree.delete(building);
        }
    }

    private Path directoryOf(String id) throws IOException {
        if (!id.matches("[0-9A-Za-z_-]{1,128}")) {
            throw new IOException("'" + id + "' is not a release's id");
        }
        return cache.resolve(id);
    }

    private static List<Path> filesIn(Path directory) throws IOException {
        try (var paths = Files.walk(directory)) {
            return paths.filter(Files::isRegularFile).sorted().toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static String mediaType(String path) {
        return path.endsWith(".json") ? "application/json" : "application/octet-stream";
    }
}
