package dev.preflow.app.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that a command is told to write. */
final class OutputFile {

    private OutputFile() {}

    /** Makes the folder that it shall lie in. */
    static void makeFolder(Path file) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
    }
}
