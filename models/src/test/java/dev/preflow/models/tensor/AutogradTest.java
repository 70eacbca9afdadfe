package dev.preflow.models.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class AutogradTest {

    private static final int STEPS = 300;

    /** Fits y = W x to a fixed map by gradient descent; returns the last loss. */
    private static float train(NDManager root, long seed) {
        try (NDManager own = root.newSubManager();
                Parameters parameters = new Parameters(own)) {
            NDArray truth = Noise.normal(own, seed, new Shape(8, 8));
            parameters.add("weight", Noise.normal(own, seed + 1, new Shape(8, 8)));
            parameters.trainable(name -> true);
            float last = Float.NaN;
            for (int i = 0; i < STEPS; i++) {
                last = step(parameters, truth, Noise.derive(seed, i));
            }
            return last;
        }
    }

    private static float step(Parameters parameters, NDArray truth, long seed) {
        parameters.zeroGradients();
        try (NDManager step = parameters.manager().newSubManager()) {
            NDArray x = Noise.normal(step, seed, new Shape(32, 8));
            NDArray loss;
            try (Autograd on = Autograd.enabled()) {
                NDArray error = Ops.linear(x, parameters.get("weight"), null).sub(Ops.linear(x, truth, null));
                loss = error.square().mean();
                Autograd.backward(loss);
            }
            try (Autograd off = Autograd.disabled()) {
                parameters.get("weight").subi(parameters.gradients(step).get(0).mul(1.0));
            }
            return loss.getFloat();
        }
    }

    private static int sample(NDManager root) {
        int withGraph = 0;
        try (NDManager own = root.newSubManager();
                Autograd off = Autograd.disabled()) {
            NDArray weight = Noise.normal(own, 1, new Shape(8, 8));
            weight.setRequiresGradient(true);
            for (int i = 0; i < STEPS; i++) {
                try (NDManager step = own.newSubManager()) {
                    NDArray y = Ops.silu(Ops.linear(Noise.normal(step, i, new Shape(4, 8)), weight, null));
                    withGraph += hasGraph(y) ? 1 : 0;
                }
            }
        }
        return withGraph;
    }

    private static boolean hasGraph(NDArray array) {
        try {
            Autograd.backward(array.sum());
            return true;
        } catch (EngineException e) {
            assertThat(e).hasMessageContaining("does not require grad");
            return false;
        }
    }

    @Test
    void shouldRecordAGraphOnlyWhereAsked() {
        try (NDManager manager = TestDevice.newManager()) {
            NDArray x = manager.ones(new Shape(2));
            x.setRequiresGradient(true);
            try (Autograd on = Autograd.enabled()) {
                assertThat(hasGraph(Ops.silu(x))).isTrue();
            }
            try (Autograd off = Autograd.disabled()) {
                assertThat(hasGraph(Ops.silu(x))).isFalse();
            }
        }
    }

    @Test
    void shouldTrainInTwoThreadsWhileAThirdSamplesWithoutAGraph() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try (NDManager root = TestDevice.newManager()) {
            Future<Float> first = threads.submit((Callable<Float>) () -> train(root, 10));
            Future<Float> second = threads.submit((Callable<Float>) () -> train(root, 20));
            Future<Integer> sampler = threads.submit((Callable<Integer>) () -> sample(root));
            assertThat(sampler.get()).isZero();
            // What runs beside it must not change a training run by a bit.
            assertThat(first.get()).isLessThan(1e-4f).isEqualTo(train(root, 10));
            assertThat(second.get()).isLessThan(1e-4f).isEqualTo(train(root, 20));
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void shouldRestoreTheModeBefore() {
        boolean before = JniUtils.isGradMode();
        try (Autograd off = Autograd.disabled()) {
            try (Autograd on = Autograd.enabled()) {
                assertThat(JniUtils.isGradMode()).isTrue();
            }
            assertThat(JniUtils.isGradMode()).isFalse();
        }
        assertThat(JniUtils.isGradMode()).isEqualTo(before);
    }

    @Test
    void shouldRefuseALossThatIsNoScalar() {
        try (NDManager manager = TestDevice.newManager()) {
            NDArray array = manager.ones(new Shape(2));
            assertThatThrownBy(() -> Autograd.backward(array))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("(2)");
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldKeepMemoryFlatOverSteps() throws Exception {
        try (NDManager root = TestDevice.newManager();
                Parameters parameters = new Parameters(root)) {
            NDArray truth = Noise.normal(root, 1, new Shape(512, 512));
            parameters.add("weight", Noise.normal(root, 2, new Shape(512, 512)));
            parameters.trainable(name -> true);
            for (int i = 0; i < 40; i++) {
                bigStep(parameters, truth);
            }
            long before = residentBytes();
            for (int i = 0; i < 100; i++) {
                bigStep(parameters, truth);
            }
            assertThat(root.getManagedArrays()).hasSize(2);
            // One leaked gradient or intermediate result per step would be 100 MB or more.
            assertThat(residentBytes() - before).isLessThan(40L << 20);
        }
    }

    private static void bigStep(Parameters parameters, NDArray truth) {
        parameters.zeroGradients();
        try (NDManager step = parameters.manager().newSubManager();
                Autograd on = Autograd.enabled()) {
            NDArray x = Ops.silu(step.ones(new Shape(512, 512)));
            Autograd.backward(Ops.linear(x, parameters.get("weight"), null)
                    .sub(truth)
                    .square()
                    .mean());
            assertThat(parameters.gradients(step)).hasSize(1);
        }
    }

    private static long residentBytes() throws Exception {
        List<String> status = Files.readAllLines(Path.of("/proc/self/status"));
        String line =
                status.stream().filter(l -> l.startsWith("VmRSS")).findFirst().orElseThrow();
        return Long.parseLong(line.replaceAll("\\D", "")) << 10;
    }
}
