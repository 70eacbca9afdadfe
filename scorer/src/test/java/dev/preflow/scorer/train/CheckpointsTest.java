package dev.preflow.scorer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {

    @TempDir
    private Path folder;

    @Test
    void shouldKeepTheNewest() throws IOException {
        var checkpoints = new Checkpoints(folder);
        assertThat(checkpoints.newest()).isEmpty();

        checkpoints.save(9, directory -> Files.writeString(directory.resolve("weights"), "nine"));
        checkpoints.save(10, directory -> Files.writeString(directory.resolve("weights"), "ten"));

        assertThat(checkpoints.newest().orElseThrow().resolve("weights")).hasContent("ten");
        assertThat(folder).isDirectoryNotContaining("glob:**step-000000000009");
    }

    @Test
    void shouldKeepTheOneBeforeWhenWritingFails() throws IOException {
        new Checkpoints(folder).save(1, directory -> Files.writeString(directory.resolve("weights"), "one"));

        assertThatThrownBy(() -> new Checkpoints(folder).save(2, directory -> {
                    Files.writeString(directory.resolve("weights"), "half of two");
                    throw new IOException("disk full");
                }))
                .hasMessage("disk full");

        assertThat(new Checkpoints(folder).newest().orElseThrow().resolve("weights"))
                .hasContent("one");
        assertThat(folder).isDirectoryNotContaining("glob:**building");
    }
}
