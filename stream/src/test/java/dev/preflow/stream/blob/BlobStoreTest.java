package dev.preflow.stream.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.preflow.schemas.BlobRef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobStoreTest {

    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);
    private static final String HELLO_SHA256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

    @TempDir
    Path directory;

    private BlobStore store;

    @BeforeEach
    void open() throws IOException {
        store = new BlobStore(directory.resolve("blobs"));
    }

    @Test
    void shouldNameBytesByTheirDigest() throws IOException {
        var blob = store.put(HELLO, "text/plain");

        assertThat(blob).isEqualTo(new BlobRef(HELLO_SHA256, 5L, "text/plain"));
        assertThat(store.get(blob)).isEqualTo(HELLO);
        assertThat(directory.resolve("blobs/2c/f2/" + HELLO_SHA256)).hasBinaryContent(HELLO);
    }

    @Test
    void shouldStoreAFileAsItStoresItsBytes() throws IOException {
        var big = new byte[3 << 20];
        big[12345] = 7;
        var file = Files.write(directory.resolve("big"), big);

        assertThat(store.put(file, "x/y")).isEqualTo(store.put(big, "x/y"));
        assertThat(store.get(store.put(file, "x/y"))).isEqualTo(big);
    }

    @Test
    void shouldStoreTheSameBytesOnceUnderConcurrentWriters() throws Exception {
        var threads = Executors.newFixedThreadPool(4);
        try {
            var puts = new ArrayList<Callable<BlobRef>>();
            for (int i = 0; i < 40; i++) {
                puts.add(() -> store.put(HELLO, "text/plain"));
            }
            for (var put : threads.invokeAll(puts)) {
                assertThat(store.get(put.get())).isEqualTo(HELLO);
            }
        } finally {
            threads.shutdown();
        }
        try (var files = Files.walk(directory.resolve("blobs"))) {
            assertThat(files.filter(Files::isRegularFile)).hasSize(1);
        }
    }

    @Test
    void shouldRefuseCorruptBytesAndRepairThemWhenPutAgain() throws IOException {
        var blob = store.put(HELLO, "text/plain");
        Files.writeString(store.file(blob.getSha256()), "jello");

        assertThatThrownBy(() -> store.get(blob))
                .isInstanceOf(BlobException.class)
                .hasMessageContaining(HELLO_SHA256)
                .hasMessageContaining("is corrupt")
                .extracting("kind")
                .isEqualTo(BlobException.Kind.CORRUPT);
        assertThatThrownBy(() -> store.verify(HELLO_SHA256)).hasMessageContaining("is corrupt");

        store.put(HELLO, "text/plain");
        assertThat(store.get(blob)).isEqualTo(HELLO);
    }

    @Test
    void shouldSayWhichBlobIsMissingWhere() throws IOException {
        var blob = store.put(HELLO, "text/plain");
        assertThat(store.delete(HELLO_SHA256)).isTrue();

        assertThat(store.delete(HELLO_SHA256)).isFalse();
        assertThat(store.contains(HELLO_SHA256)).isFalse();
        assertThatThrownBy(() -> store.get(blob))
                .isInstanceOf(BlobException.class)
                .hasMessageContaining(HELLO_SHA256)
                .hasMessageContaining(directory.toString());
        assertThatThrownBy(() -> store.file(HELLO_SHA256)).hasMessageContaining("is not in");
    }

    @Test
    void shouldNeverTakeAPathForADigest() {
        for (var bad :
                new String[] {"../../etc/passwd", HELLO_SHA256.toUpperCase(), "", HELLO_SHA256 + "/x", "..", "\0"}) {
            assertThatThrownBy(() -> store.file(bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("is not a SHA-256 digest");
        }
    }

    @Test
    void shouldLeaveNothingBehindWhenAFileCannotBeRead() {
        assertThatThrownBy(() -> store.put(directory.resolve("absent"), "x/y")).isInstanceOf(IOException.class);

        assertThat(directory.resolve("blobs/tmp")).isEmptyDirectory();
    }
}
