package dev.preflow.models.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.tensor.Autograd;
import dev.preflow.models.tensor.Noise;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.TestDevice;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdamWTest {
    private final NDManager manager = TestDevice.newManager();

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void shouldFollowTheFormula() {
        Parameters parameters = parameters();
        float[] weight = parameters.get("weight").toFloatArray();
        double[] first = new double[weight.length];
        double[] second = new double[weight.length];
        double[] expected = new double[weight.length];
        for (int i = 0; i < weight.length; i++) {
            expected[i] = weight[i];
        }
        try (AdamW optimiser = new AdamW(parameters, new AdamW.Settings(0.9, 0.99, 1e-6, 0.1))) {
            for (int t = 1; t <= 4; t++) {
                backward(parameters, t);
                float[] gradient = parameters.get("weight").getGradient().toFloatArray();
                optimiser.step(0.05, Double.POSITIVE_INFINITY);
                for (int i = 0; i < expected.length; i++) {
                    first[i] = 0.9 * first[i] + 0.1 * gradient[i];
                    second[i] = 0.99 * second[i] + 0.01 * gradient[i] * gradient[i];
                    double unbiased = Math.sqrt(second[i] / (1 - Math.pow(0.99, t))) + 1e-6;
                    expected[i] -= 0.05 * (0.1 * expected[i] + first[i] / (1 - Math.pow(0.9, t)) / unbiased);
                    assertThat(parameters.get("weight").toFloatArray()[i])
                            .isEqualTo((float) expected[i], within(1e-5f));
                }
            }
        }
    }

    @Test
    void shouldContinueBitForBitAfterARestore(@TempDir Path folder) {
        Parameters whole = parameters();
        Parameters resumed = parameters();
        try (AdamW uninterrupted = new AdamW(whole, AdamW.Settings.of(0.01))) {
            for (int step = 0; step < 10; step++) {
                train(whole, uninterrupted, step);
            }
        }
        try (AdamW before = new AdamW(resumed, AdamW.Settings.of(0.01))) {
            for (int step = 0; step < 6; step++) {
                train(resumed, before, step);
            }
            before.save(folder.resolve("optimiser.safetensors"));
        }
        try (AdamW after = new AdamW(resumed, AdamW.Settings.of(0.01))) {
            after.restore(folder.resolve("optimiser.safetensors"));
            for (int step = 6; step < 10; step++) {
                train(resumed, after, step);
            }
        }
        for (String name : whole.names()) {
            assertThat(resumed.get(name).toFloatArray())
                    .as(name)
                    .isEqualTo(whole.get(name).toFloatArray());
        }
    }

    @Test
    void shouldRefuseStateOfOtherParameters(@TempDir Path folder) {
        Path file = folder.resolve("optimiser.safetensors");
        try (AdamW optimiser = new AdamW(parameters(), AdamW.Settings.of(0))) {
            optimiser.save(file);
        }
        Parameters other = new Parameters(manager);
        other.add("other", manager.ones(new Shape(2)));
        other.trainable(name -> true);
        try (AdamW optimiser = new AdamW(other, AdamW.Settings.of(0))) {
            assertThatThrownBy(() -> optimiser.restore(file)).hasMessageContaining("other");
        }
    }

    @Test
    void shouldClipByTheGlobalNorm() {
        Parameters parameters = parameters();
        backward(parameters, 1);
        float[] weight = parameters.get("weight").getGradient().toFloatArray();
        float[] bias = parameters.get("bias").getGradient().toFloatArray();
        double square = 0;
        for (float value : weight) {
            square += value * value;
        }
        for (float value : bias) {
            square += value * value;
        }
        assertThat(GradientClip.byGlobalNorm(parameters, 0.5)).isEqualTo((float) Math.sqrt(square), within(1e-5f));
        float[] clipped = parameters.get("weight").getGradient().toFloatArray();
        assertThat(clipped[0]).isEqualTo((float) (weight[0] * 0.5 / Math.sqrt(square)), within(1e-5f));
        assertThat(GradientClip.byGlobalNorm(parameters, 0.5)).isEqualTo(0.5f, within(1e-5f));
    }

    @Test
    void shouldRefuseANonFiniteGradientBeforeAnythingChanges() {
        Parameters parameters = parameters();
        try (AdamW optimiser = new AdamW(parameters, AdamW.Settings.of(0.01))) {
            float[] before = parameters.get("weight").toFloatArray();
            try (NDManager step = manager.newSubManager();
                    Autograd grad = Autograd.enabled()) {
                NDArray broken =
                        parameters.get("bias").mul(step.create(Float.NaN)).sum();
                Autograd.backward(parameters.get("weight").sum().add(broken));
            }
            assertThatThrownBy(() -> optimiser.step(1e-3, 1))
                    .isInstanceOf(NonFiniteException.class)
                    .hasMessageContaining("bias");
            assertThat(parameters.get("weight").toFloatArray()).isEqualTo(before);
        }
        assertThatThrownBy(() -> NonFiniteException.requireFinite(Float.NaN)).hasMessageContaining("NaN");
    }

    @Test
    void shouldLeaveFrozenParametersAlone() {
        Parameters parameters = parameters();
        parameters.trainable(name -> name.equals("weight"));
        float[] bias = parameters.get("bias").toFloatArray();
        try (AdamW optimiser = new AdamW(parameters, AdamW.Settings.of(0.01))) {
            train(parameters, optimiser, 0);
            parameters.trainable(name -> true);
            assertThatThrownBy(() -> optimiser.step(1e-3, 1)).hasMessageContaining("require gradients");
        }
        assertThat(parameters.get("bias").toFloatArray()).isEqualTo(bias);
    }

    @Test
    void shouldAverageWithAWarmStart() {
        Parameters parameters = parameters();
        float before = parameters.get("bias").toFloatArray()[0];
        try (Ema ema = new Ema(parameters, manager, 0.9)) {
            try (Autograd off = Autograd.disabled()) {
                parameters.get("bias").addi(1);
            }
            ema.update(0);
            assertThat(ema.average().get("bias").toFloatArray()[0]).isEqualTo(before + 0.9f, within(1e-6f));
            try (Autograd off = Autograd.disabled()) {
                parameters.get("bias").addi(1);
            }
            ema.update(1_000_000);
            assertThat(ema.average().get("bias").toFloatArray()[0])
                    .isEqualTo(before + 0.9f + 0.1f * 1.1f, within(1e-5f));
            assertThat(ema.average().get("bias").hasGradient()).isFalse();
        }
    }

    private Parameters parameters() {
        Parameters parameters = new Parameters(manager);
        parameters.add("weight", Noise.normal(manager, 1, new Shape(3, 2)));
        parameters.add("bias", Noise.normal(manager, 2, new Shape(3)));
        parameters.trainable(name -> true);
        return parameters;
    }

    private static void train(Parameters parameters, AdamW optimiser, int step) {
        backward(parameters, step);
        optimiser.step(0.01, 1);
    }

    private static void backward(Parameters parameters, int seed) {
        try (NDManager step = parameters.manager().newSubManager();
                Autograd grad = Autograd.enabled()) {
            NDArray input = Noise.normal(step, seed, new Shape(4, 2));
            NDArray output = input.matMul(parameters.get("weight").transpose()).add(parameters.get("bias"));
            Autograd.backward(output.square().mean());
        }
    }
}
