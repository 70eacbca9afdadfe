package dev.preflow.scorer.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/**
 * The Parquet files of one folder. A file comes into being under a temporary name, is forced to disk and then renamed, so
 * that whatever ends in {@code .parquet} is whole.
 */
final class PartFiles {

    private static final String SUFFIX = ".parquet";
    private static final String TEMPORARY = ".parquet.tmp";

    private final Path folder;

    /**
     * Opens a folder, makes it if it is missing, and removes what a crash left unfinished.
     *
     * @param folder the folder
     * @throws IOException when it cannot be made or read
     */
    PartFiles(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        for (var unfinished : list(TEMPORARY)) {
            Files.delete(unfinished);
        }
    }

    /**
     * Every whole file, by name, which is by age.
     *
     * @return the files
     * @throws IOException when the folder cannot be read
     */
    List<Path> list() throws IOException {
        return list(SUFFIX);
    }

    private List<Path> list(String suffix) throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().endsWith(suffix))
                    .sorted(Comparator.comparing(Path::getFileName))
                    .toList();
        }
    }

    /**
     * A name for a file that is about to be written.
     *
     * @return the temporary name, to be handed to {@link #commit} when the file is complete
     */
    Path temporary() {
        var name = "part-%013d-%s%s".formatted(System.currentTimeMillis(), UUID.randomUUID(), TEMPORARY);
        return folder.resolve(name);
    }

    /**
     * Makes a complete file durable and visible.
     *
     * @param temporary its temporary name
     * @return its final name
     * @throws IOException when the file cannot be forced to disk or renamed
     */
    Path commit(Path temporary) throws IOException {
        force(temporary);
        var name = temporary.getFileName().toString();
        var file = folder.resolve(name.substring(0, name.length() - TEMPORARY.length()) + SUFFIX);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        // the new name is durable only when the folder is
        force(folder);
        return file;
    }

    private static void force(Path path) throws IOException {
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
