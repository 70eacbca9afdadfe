package dev.preflow.models.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.preflow.models.image.RgbImage;
import dev.preflow.models.tensor.Noise;
import dev.preflow.models.tensor.TestDevice;
import java.util.List;
import org.junit.jupiter.api.Test;

class BradleyTerryTest {
    @Test
    void shouldAverageTheNegativeLogLikelihoodOfPairs() {
        try (NDManager manager = TestDevice.newManager()) {
            float loss = BradleyTerry.loss(manager.create(new float[] {2, -1, 100}), new int[] {0, 1}, new int[] {1, 2})
                    .getFloat();
            double expected = (Math.log1p(Math.exp(-3)) + 101) / 2;
            assertThat(loss).isEqualTo((float) expected, within(1e-4f));
        }
    }

    @Test
    void shouldCountATieAsWrong() {
        float[] scores = {1, 1, 0};
        assertThat(BradleyTerry.accuracy(scores, new int[] {0, 0, 2, 1}, new int[] {1, 2, 1, 2}))
                .isEqualTo(0.5);
    }

    @Test
    void shouldMakeEveryUntiedPairOfAGroup() {
        RgbImage image = Tiny.image(0, Noise.generator(1));
        PreferenceBatch batch = new PreferenceBatch.Builder()
                .group("red", List.of(image, image, image), new double[] {3, 4.25, 3})
                .pair("blue", image, image)
                .build();
        assertThat(batch.better()).containsExactly(1, 1, 3);
        assertThat(batch.worse()).containsExactly(0, 2, 4);
        assertThat(batch.texts()).containsExactly("red", "red", "red", "blue", "blue");
    }

    @Test
    void shouldCompareOnlyImagesOfOnePrompt() {
        RgbImage image = Tiny.image(0, Noise.generator(1));
        assertThatThrownBy(() ->
                        new PreferenceBatch(List.of(image, image), List.of("a", "b"), new int[] {0}, new int[] {1}))
                .hasMessageContaining("one prompt");
        assertThatThrownBy(() -> new PreferenceBatch.Builder().build()).hasMessageContaining("at least one pair");
    }
}
