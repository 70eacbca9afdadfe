package dev.preflow.stream.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.preflow.schemas.Release;
import dev.preflow.schemas.ReleaseFile;
import dev.preflow.schemas.ReleaseKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReleaseFilesTest {

    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    @TempDir
    Path directory;

    private BlobStore blobs;
    private ReleaseFiles releases;
    private Path model;

    @BeforeEach
    void open() throws IOException {
        blobs = new BlobStore(directory.resolve("blobs"));
        releases = new ReleaseFiles(blobs, directory.resolve("releases"), Clock.fixed(NOW, ZoneOffset.UTC));
        model = Files.createDirectories(directory.resolve("model"));
        Files.createDirectories(model.resolve("unet"));
        Files.writeString(model.resolve("model_index.json"), "{}");
        Files.writeString(model.resolve("unet/weights.safetensors"), "weights");
    }

    private Release pack() throws IOException {
        return releases.pack(ReleaseKind.POLICY, 1, null, model, Map.of("kl", 0.5));
    }

    @Test
    void shouldLayOutWhatItPacked() throws IOException {
        var release = pack();

        assertThat(release.getFiles())
                .extracting(ReleaseFile::getPath)
                .containsExactly("model_index.json", "unet/weights.safetensors");
        assertThat(release.getCreatedAt()).isEqualTo(NOW);
        var unpacked = releases.unpack(release);
        assertThat(unpacked).isEqualTo(directory.resolve("releases").resolve(release.getId()));
        assertThat(unpacked.resolve("unet/weights.safetensors")).hasContent("weights");
        assertThat(releases.unpack(release)).isEqualTo(unpacked);
    }

    @Test
    void shouldGiveTheSameFilesTheSameId() throws IOException {
        var first = pack();
        assertThat(pack().getId()).isEqualTo(first.getId());

        Files.writeString(model.resolve("unet/weights.safetensors"), "other weights");
        assertThat(pack().getId()).isNotEqualTo(first.getId());
    }

    @Test
    void shouldLayOutOnceUnderConcurrentReaders() throws Exception {
        var release = pack();
        var threads = Executors.newFixedThreadPool(4);
        try {
            var readers = new ArrayList<Callable<Path>>();
            for (int i = 0; i < 20; i++) {
                readers.add(() -> releases.unpack(release));
            }
            for (var path : threads.invokeAll(readers)) {
                assertThat(path.get().resolve("model_index.json")).hasContent("{}");
            }
        } finally {
            threads.shutdown();
        }
        assertThat(directory.resolve("releases")).isDirectoryContaining(path -> path.endsWith(release.getId()));
        try (var entries = Files.list(directory.resolve("releases"))) {
            assertThat(entries).hasSize(1);
        }
    }

    @Test
    void shouldRefuseFilesThatLeadOutside() throws IOException {
        var blob = pack().getFiles().get(0).getBlob();
        for (var path : new String[] {"../evil", "/etc/evil", "a/../../evil", "", ".", "a\\b"}) {
            var release = new Release(
                    "evil", ReleaseKind.POLICY, 1, null, List.of(new ReleaseFile(path, blob)), Map.of(), NOW);

            assertThatThrownBy(() -> releases.unpack(release)).hasMessageContaining("leads outside");
        }
        var named = new Release("../evil", ReleaseKind.POLICY, 1, null, List.of(), Map.of(), NOW);
        assertThatThrownBy(() -> releases.unpack(named)).hasMessageContaining("is not a release's id");
        assertThat(directory.resolve("evil")).doesNotExist();
    }

    @Test
    void shouldLayOutNothingWhenABlobIsCorruptOrMissing() throws IOException {
        var release = pack();
        var weights = release.getFiles().get(1).getBlob().getSha256();
        Files.writeString(blobs.file(weights), "damaged");
        assertThatThrownBy(() -> releases.unpack(release)).hasMessageContaining("is corrupt");

        blobs.delete(weights);
        assertThatThrownBy(() -> releases.unpack(release)).hasMessageContaining("is not in");
        assertThat(directory.resolve("releases")).isEmptyDirectory();
    }

    @Test
    void shouldRemoveAllDirectoriesButThoseToKeep() throws IOException {
        var old = pack();
        releases.unpack(old);
        Files.writeString(model.resolve("unet/weights.safetensors"), "other weights");
        var current = pack();
        releases.unpack(current);

        releases.prune(List.of(current.getId()));

        assertThat(directory.resolve("releases").resolve(old.getId())).doesNotExist();
        assertThat(directory.resolve("releases").resolve(current.getId())).exists();
        assertThat(releases.unpack(old).resolve("unet/weights.safetensors")).hasContent("weights");
    }

    @Test
    void shouldRefuseAnEmptyDirectory() throws IOException {
        var empty = Files.createDirectories(directory.resolve("empty"));

        assertThatThrownBy(() -> releases.pack(ReleaseKind.REWARD, 1, null, empty, Map.of()))
                .hasMessageContaining("There is no file in");
    }
}
