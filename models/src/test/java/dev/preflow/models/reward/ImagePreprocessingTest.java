package dev.preflow.models.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.tensor.TestDevice;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ImagePreprocessingTest {
    private final NDManager manager = TestDevice.newManager();

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void shouldCropTheCentreOfTheResizedImage() {
        // columns 0..7 of a 4x8 image; the centre square of side 4 holds columns 2..5
        NDArray columns = manager.arange(8f).div(10).reshape(1, 1, 1, 8);
        NDArray wide = columns.mul(manager.ones(new Shape(1, 3, 4, 8)));
        NDArray centre = ImagePreprocessing.fit(wide, 4);
        assertThat(centre.getShape()).isEqualTo(new Shape(1, 3, 4, 4));
        float[] row = centre.get("0,0,0,:").toFloatArray();
        for (int x = 0; x < 4; x++) {
            assertThat(row[x]).isEqualTo((x + 2) / 10f, within(1e-5f));
        }
    }

    @Test
    void shouldAverageWhenItShrinks() {
        // a checkerboard of single pixels shrinks to grey, which sampling without antialiasing would not give
        float[] board = new float[16 * 16];
        for (int i = 0; i < board.length; i++) {
            board[i] = (i / 16 + i) % 2;
        }
        NDArray image = manager.create(board, new Shape(1, 1, 16, 16)).mul(manager.ones(new Shape(1, 3, 1, 1)));
        NDArray small = ImagePreprocessing.fit(image, 4);
        assertThat(small.sub(0.5).abs().max().getFloat()).isLessThan(0.05f);
    }

    @Test
    void shouldNormaliseAsClipDoes() {
        NDArray normalised = ImagePreprocessing.normalise(manager.ones(new Shape(1, 3, 2, 2)));
        assertThat(normalised.getFloat(0, 0, 0, 0)).isEqualTo((1 - 0.48145466f) / 0.26862954f, within(1e-5f));
        assertThat(normalised.getFloat(0, 2, 1, 1)).isEqualTo((1 - 0.40821073f) / 0.27577711f, within(1e-5f));
    }
}
