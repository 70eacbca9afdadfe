package dev.preflow.app.cli;

import dev.preflow.models.pipeline.LoraDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells early, and in the user's words, when a directory that was named is not what it should be. */
final class ModelDirectory {

    private ModelDirectory() {}

    /** A diffusers directory, a checkpoint in one file, or the directory of a LoRA which names either. */
    static void requirePipeline(Path source, String option) throws IOException {
        if (!Files.isRegularFile(source) && !LoraDirectory.holds(source)) {
            require(source, option, "a diffusers directory or a single file", "model_index.json");
        }
    }

    /** What a VP-Score was saved to, or the file that it was published as. */
    static void requireVpScore(Path source, String option) throws IOException {
        if (!Files.isRegularFile(source)) {
            require(source, option, "a VP-Score's directory or file", "model.safetensors");
        }
    }

    private static void require(Path directory, String option, String what, String file) throws IOException {
        if (!Files.isRegularFile(directory.resolve(file))) {
            throw new IOException("There is no %s in %s: %s takes %s".formatted(file, directory, option, what));
        }
    }
}
