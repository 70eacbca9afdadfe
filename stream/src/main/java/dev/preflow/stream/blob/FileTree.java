package dev.preflow.stream.blob;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/** A directory with all that is in it. */
public final class FileTree {

    private FileTree() {}

    /**
     * Removes it; one that is not there is no error.
     *
     * @param directory the directory
     * @throws IOException when something in it cannot be removed
     */
    public static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (var paths = Files.walk(directory)) {
            for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
