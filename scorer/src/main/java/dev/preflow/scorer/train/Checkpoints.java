package dev.preflow.scorer.train;

import dev.preflow.stream.blob.FileTree;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Checkpoints in a folder, each a directory that is there whole or not at all. The newest stays; older ones make room for it. */
final class Checkpoints {

    private static final String PREFIX = "step-";
    private static final String BUILDING = ".building";

    private final Path folder;

    /**
     * Opens a folder, made if it is missing, and removes what a crash left unfinished.
     *
     * @param folder the folder
     * @throws IOException when it cannot be read or written
     */
    Checkpoints(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        FileTree.delete(folder.resolve(BUILDING));
    }

    /**
     * Writes a checkpoint; it is durable on return.
     *
     * @param step its name, larger than those before
     * @param writer fills the directory that it is given
     * @throws IOException when it could not be written; the one before is still there then
     */
    void save(long step, Writer writer) throws IOException {
        var target = folder.resolve(PREFIX + "%012d".formatted(step));
        if (Files.isDirectory(target)) {
            return;
        }
        var building = folder.resolve(BUILDING);
        FileTree.delete(building);
        Files.createDirectory(building);
        writer.write(building);
        try (var files = Files.list(building)) {
            for (var file : files.toList()) {
                force(file);
            }
        }
        force(building);
        Files.move(building, target, StandardCopyOption.ATOMIC_MOVE);
        force(folder);
        for (var older : list()) {
            if (!older.equals(target)) {
                FileTree.delete(older);
            }
        }
    }

    /**
     * The newest checkpoint.
     *
     * @return its directory, when there is one
     * @throws IOException when the folder cannot be read
     */
    Optional<Path> newest() throws IOException {
        return list().stream().max(Comparator.comparing(Path::getFileName));
    }

    private List<Path> list() throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith(PREFIX))
                    .toList();
        }
    }

    private static void force(Path path) throws IOException {
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Fills a checkpoint's directory. */
    interface Writer {

        /**
         * Writes the files.
         *
         * @param directory where to
         * @throws IOException when one cannot be written
         */
        void write(Path directory) throws IOException;
    }
}
