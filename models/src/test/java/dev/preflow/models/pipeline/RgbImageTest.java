package dev.preflow.models.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class RgbImageTest {

    @Test
    void shouldSurviveAPngWithinHalfALevel() {
        float[] values = {0, 1, 0.5f, 0.25f, 0.1f, 0.9f, 1, 0, 0.3f, 0.6f, 0.7f, 0.8f, 0, 0, 1, 1, 0.2f, 0.4f};
        RgbImage image = new RgbImage(3, 2, values);
        RgbImage decoded = RgbImage.decode(image.toPng());
        assertThat(decoded.width()).isEqualTo(3);
        assertThat(decoded.values()).containsExactly(values, Offset.offset(0.5f / 255 + 1e-6f));
        assertThat(RgbImage.decode(decoded.toPng())).isEqualTo(decoded);
    }

    @Test
    void shouldRefuseWhatIsNoImage() {
        assertThatThrownBy(() -> RgbImage.decode(new byte[] {1, 2, 3})).hasMessageContaining("3 bytes");
        assertThatThrownBy(() -> new RgbImage(2, 2, new float[3])).hasMessageContaining("2×2");
    }
}
