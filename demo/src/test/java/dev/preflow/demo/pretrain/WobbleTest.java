package dev.preflow.demo.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.preflow.demo.scene.Colour;
import dev.preflow.demo.scene.ObjectSpec;
import dev.preflow.demo.scene.PlacedObject;
import dev.preflow.demo.scene.ShapeKind;
import dev.preflow.models.tensor.Noise;
import java.awt.image.BufferedImage;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WobbleTest {
    private final RandomGenerator random = Noise.generator(1);

    @ParameterizedTest
    @EnumSource
    void shouldDentOutlinesTheMoreTheSteeperItIs(ShapeKind shape) {
        assertThat(dent(shape, 0)).isEqualTo(0);
        assertThat(dent(shape, 0.1)).isBetween(0.001, 0.06);
        assertThat(dent(shape, 0.5)).isBetween(0.06, 0.18);
        assertThat(dent(shape, 1.2)).isBetween(0.18, 0.4);
    }

    @Test
    void shouldLeavePicturesAsTheyAreWithoutSteepness() {
        BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
        image.setRGB(30, 20, 0xFF0000);
        new Wobble(0, random).apply(image);
        assertThat(image.getRGB(30, 20) & 0xFFFFFF).isEqualTo(0xFF0000);
        assertThat(image.getRGB(31, 20) & 0xFFFFFF).isZero();
    }

    /** The mean over some fields. */
    private double dent(ShapeKind shape, double steepness) {
        PlacedObject object = new PlacedObject(new ObjectSpec(Colour.RED, shape), 30, 34, 10.2);
        double sum = 0;
        for (int i = 0; i < 100; i++) {
            sum += new Wobble(steepness, random).dent(object) / 100;
        }
        return sum;
    }
}
