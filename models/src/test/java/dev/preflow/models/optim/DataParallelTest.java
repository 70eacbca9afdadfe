package dev.preflow.models.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.tensor.Autograd;
import dev.preflow.models.tensor.Noise;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.TestDevice;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DataParallelTest {
    private static final int BATCH = 8;

    private final NDManager manager = TestDevice.newManager();

    @AfterEach
    void close() {
        manager.close();
    }

    /** A layer with a weight that is trained and a bias that is not. */
    private Parameters layer() {
        Parameters layer = new Parameters(manager);
        layer.add("weight", Noise.normal(layer.manager(), 1, new Shape(3, 4)));
        layer.add("bias", Noise.normal(layer.manager(), 2, new Shape(4)));
        layer.trainable("weight"::equals);
        return layer;
    }

    /** Mean of the squared tanh of the layer's output over a batch, of which each worker has a share. */
    private static double backward(Parameters layer, int worker, int workers) {
        try (NDManager step = layer.manager().newSubManager()) {
            int share = BATCH / workers;
            NDArray inputs =
                    Noise.normal(step, 3, new Shape(BATCH, 3)).get(worker * share + ":" + (worker + 1) * share);
            NDArray loss = inputs.matMul(layer.get("weight"))
                    .add(layer.get("bias"))
                    .tanh()
                    .square()
                    .mean()
                    .div(workers);
            Autograd.backward(loss);
            return loss.getFloat();
        }
    }

    private static float[] gradient(Parameters layer) {
        try (NDManager step = layer.manager().newSubManager()) {
            return layer.gradients(step).get(0).toFloatArray();
        }
    }

    @Test
    void shouldGiveTheGradientsOfASingleWorker() {
        Parameters alone = layer();
        Parameters shared = layer();
        try (DataParallel one = new DataParallel(List.of(alone), 1);
                DataParallel two = new DataParallel(List.of(shared), 2)) {
            double loss = one.gradients((replica, worker) -> backward(replica.get(0), worker, 1));
            double sum = two.gradients((replica, worker) -> backward(replica.get(0), worker, 2));

            assertThat(sum).isEqualTo(loss, within(1e-6));
            assertThat(gradient(alone)).isNotEqualTo(new float[12]);
            assertThat(gradient(shared)).containsExactly(gradient(alone), Offset.offset(1e-6f));
        }
    }

    @Test
    void shouldStartEveryStepFromZeroAndComputeWithTheNewValues() {
        Parameters alone = layer();
        Parameters shared = layer();
        try (DataParallel one = new DataParallel(List.of(alone), 1);
                DataParallel two = new DataParallel(List.of(shared), 2);
                AdamW first = new AdamW(alone, AdamW.Settings.of(0));
                AdamW second = new AdamW(shared, AdamW.Settings.of(0))) {
            for (int step = 0; step < 5; step++) {
                one.gradients((replica, worker) -> backward(replica.get(0), worker, 1));
                first.step(0.01, 1);
                one.broadcast();
                two.gradients((replica, worker) -> backward(replica.get(0), worker, 2));
                second.step(0.01, 1);
                two.broadcast();
            }
        }
        assertThat(shared.get("weight").toFloatArray())
                .containsExactly(alone.get("weight").toFloatArray(), Offset.offset(1e-5f));
    }

    @Test
    void shouldShareWhatIsFrozenAndKeepAllGradientsInOneBuffer() {
        Parameters layer = layer();
        try (DataParallel two = new DataParallel(List.of(layer), List.of(manager.getDevice(), manager.getDevice()))) {
            Parameters replica = two.replica(1).get(0);
            assertThat(replica.get("bias")).isSameAs(layer.get("bias"));
            assertThat(replica.get("weight")).isNotSameAs(layer.get("weight"));
            two.gradients((parameters, worker) -> backward(parameters.get(0), worker, 2));
            float[] whole = gradient(layer);
            two.reduce(0.5);
            float[] half = gradient(layer);
            float[] other = gradient(replica);
            for (int i = 0; i < half.length; i++) {
                assertThat(half[i]).isEqualTo((whole[i] + other[i]) / 2, within(1e-6f));
            }
        }
        // what was frozen belongs to the master still
        assertThat(layer.get("bias").toFloatArray()).hasSize(4);
    }

    @Test
    void shouldRefuseAFirstDeviceThatIsNotTheMasters() {
        assertThatThrownBy(() -> new DataParallel(List.of(layer()), List.of(Device.gpu(1), Device.cpu())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("are on " + manager.getDevice());
    }

    @Test
    void shouldFailWhenAWorkerFails() {
        try (DataParallel two = new DataParallel(List.of(layer()), 2)) {
            assertThatThrownBy(() -> two.gradients((replica, worker) -> {
                        if (worker == 1) {
                            throw new IllegalArgumentException("a bad batch");
                        }
                        return backward(replica.get(0), worker, 2);
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasRootCauseMessage("a bad batch");
        }
    }
}
