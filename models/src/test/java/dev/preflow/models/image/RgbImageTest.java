package dev.preflow.models.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class RgbImageTest {

    @Test
    void shouldTakeThePlanesOfAPicture() {
        BufferedImage picture = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
        picture.setRGB(0, 0, 0xFF8001);
        picture.setRGB(1, 0, 0x000203);
        assertThat(RgbImage.of(picture).planes())
                .containsExactly((byte) 0xFF, (byte) 0, (byte) 0x80, (byte) 2, (byte) 1, (byte) 3);
    }

    @Test
    void shouldShowWhiteThroughWhatIsTransparent() {
        BufferedImage picture = new BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB);
        picture.setRGB(0, 0, 0x00102030);
        assertThat(RgbImage.of(picture).planes()).containsOnly(0xFF);
    }

    @Test
    void shouldRoundAndClipWhatANetworkDraws() {
        RgbImage image = RgbImage.ofUnit(2, 1, new float[] {-0.5f, 0, 0.5f, 1, 1.5f, 0.1f});
        assertThat(image.planes()).containsExactly(0, 0, 0x80, 0xFF, 0xFF, 26);
    }

    @Test
    void shouldSurviveAPng() throws IOException {
        byte[] planes = new byte[3 * 2 * 3];
        for (int i = 0; i < planes.length; i++) {
            planes[i] = (byte) (15 * i);
        }
        RgbImage image = new RgbImage(3, 2, planes);
        byte[] png = png(image);

        assertThat(RgbImage.decode(png)).isEqualTo(image).hasSameHashCodeAs(image);
        assertThat(RgbImage.of(image.toBufferedImage())).isEqualTo(image);
        assertThat(new RgbImage(2, 3, planes)).isNotEqualTo(image);
    }

    @Test
    void shouldRefuseWhatIsNoImage() throws IOException {
        assertThatThrownBy(() -> RgbImage.decode(new byte[] {1, 2, 3}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not an image");
        byte[] png = png(new RgbImage(1, 1, new byte[3]));
        assertThatThrownBy(() -> RgbImage.decode(Arrays.copyOf(png, png.length / 2)))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> new RgbImage(2, 2, new byte[5])).hasMessageContaining("2x2");
        assertThatThrownBy(() -> RgbImage.ofUnit(2, 2, new float[3])).hasMessageContaining("2x2");
    }

    private static byte[] png(RgbImage image) throws IOException {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(image.toBufferedImage(), "png", png);
        return png.toByteArray();
    }
}
