package dev.preflow.scorer.pixels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.preflow.schemas.BlobRef;
import dev.preflow.stream.blob.BlobStore;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureCacheTest {

    @TempDir
    private Path folder;

    private BlobStore blobs;

    @BeforeEach
    void open() throws IOException {
        blobs = new BlobStore(folder);
    }

    @Test
    void shouldDecodePlanesOfRedGreenAndBlue() throws IOException {
        var picture = new PictureCache(blobs, 1_000).get(image(0xFF102030).getSha256());

        assertThat(picture.width()).isEqualTo(2);
        assertThat(picture.height()).isEqualTo(1);
        assertThat(picture.planes()).containsExactly(0x10, 0x10, 0x20, 0x20, 0x30, 0x30);
    }

    @Test
    void shouldShowWhiteThroughWhatIsTransparent() throws IOException {
        var picture = new PictureCache(blobs, 1_000).get(image(0x00102030).getSha256());

        assertThat(picture.planes()).containsOnly((byte) 0xFF);
    }

    @Test
    void shouldForgetWhatWasNotUsedForLongest() throws IOException {
        var cache = new PictureCache(blobs, 12);
        var first = image(0xFF000001).getSha256();
        var picture = cache.get(first);
        cache.get(image(0xFF000002).getSha256());
        assertThat(cache.get(first)).isSameAs(picture);

        cache.get(image(0xFF000003).getSha256());

        assertThat(cache.size()).isEqualTo(12);
        assertThat(cache.get(first)).isSameAs(picture);
    }

    @Test
    void shouldNameAnImageThatCannotBeRead() throws IOException {
        var blob = blobs.put("text".getBytes(StandardCharsets.UTF_8), "image/png");

        assertThatThrownBy(() -> new PictureCache(blobs, 12).get(blob.getSha256()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(blob.getSha256())
                .hasMessageContaining("not an image");
    }

    private BlobRef image(int argb) throws IOException {
        var image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_ARGB);
        image.setRGB(0, 0, argb);
        image.setRGB(1, 0, argb);
        var bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "png", bytes);
        return blobs.put(bytes.toByteArray(), "image/png");
    }
}
