package dev.preflow.models.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.Test;

class NoiseTest {

    @Test
    void shouldBeNormalAndGivenByItsSeed() {
        try (NDManager manager = TestDevice.newManager()) {
            NDArray noise = Noise.normal(manager, 7, new Shape(100_000));
            assertThat(noise.mean().getFloat()).isCloseTo(0f, within(0.015f));
            assertThat(noise.square().mean().getFloat()).isCloseTo(1f, within(0.02f));
            assertThat(Noise.normal(manager, 7, new Shape(100_000)).toFloatArray())
                    .containsExactly(noise.toFloatArray());
            assertThat(Noise.normal(manager, 8, new Shape(3)).toFloatArray())
                    .isNotEqualTo(noise.get(":3").toFloatArray());
        }
    }

    @Test
    void shouldDeriveDifferentSeeds() {
        assertThat(Noise.derive(1, 2)).isEqualTo(Noise.derive(1, 2)).isNotEqualTo(Noise.derive(2, 1));
    }
}
