package dev.preflow.models.unet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.tensor.Autograd;
import dev.preflow.models.tensor.Execution;
import dev.preflow.models.tensor.Noise;
import dev.preflow.models.tensor.Ops;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.Recomputation;
import dev.preflow.models.tensor.TestDevice;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What saves memory changes neither outputs nor gradients: recomputed activations not at all, half precision by its rounding. */
class MemoryOfUNetTest {

    private static final double[] TIMESTEPS = {999, 3};
    private static final UNetConfig CONFIG = new UNetConfig(
            8,
            4,
            4,
            List.of("CrossAttnDownBlock2D", "DownBlock2D"),
            List.of("UpBlock2D", "CrossAttnUpBlock2D"),
            List.of(16, 32),
            2,
            List.of(4),
            List.of(2),
            12,
            4,
            null,
            null,
            null,
            0,
            null,
            "text_time",
            4,
            14);

    private final NDManager manager = TestDevice.newManager();
    private final UNet2DConditionModel unet = new UNet2DConditionModel(CONFIG);

    @AfterEach
    void close() {
        manager.close();
    }

    private Parameters weights(DataType frozen, String trained) {
        try (Parameters fresh = new Parameters(manager)) {
            unet.init(fresh.root(), 5);
            Parameters parameters = new Parameters(manager, frozen);
            try (Autograd off = Autograd.disabled()) {
                fresh.asMap().forEach((name, array) -> parameters.add(name, array.duplicate()));
            }
            assertThat(parameters.trainable(name -> name.matches(trained))).isNotEmpty();
            return parameters;
        }
    }

    /** Gradients of the trained parameters, of the latents and of what the context was made of. */
    private Map<String, float[]> gradients(Parameters parameters, Execution blocks) {
        try (NDManager step = manager.newSubManager();
                Autograd on = Autograd.enabled()) {
            parameters.zeroGradients();
            NDArray latents = Noise.normal(step, 1, new Shape(2, 4, 8, 8));
            latents.setRequiresGradient(true);
            NDArray source = Noise.normal(step, 2, new Shape(2, 5, 12));
            source.setRequiresGradient(true);
            NDArray states = source.tanh();
            Conditioning text = new Conditioning(
                    states, new Conditioning.Addition(states.get(new NDIndex(":, 0, :6")), new double[] {8, 8, 4, 4}));
            NDArray output = unet.forward(parameters.root(), latents, TIMESTEPS, text, blocks);
            assertThat(output.getDataType()).isEqualTo(DataType.FLOAT32);
            NDArray loss = output.mul(Noise.normal(step, 3, output.getShape())).sum();
            Autograd.backward(loss);
            blocks.backward();
            Map<String, float[]> gradients = new TreeMap<>();
            gradients.put("output", output.toFloatArray());
            gradients.put("latents", latents.getGradient().toFloatArray());
            gradients.put("source", source.getGradient().toFloatArray());
            parameters.asMap().forEach((name, array) -> {
                if (array.hasGradient()) {
                    gradients.put(name, array.getGradient().toFloatArray());
                }
            });
            return gradients;
        }
    }

    @Test
    void shouldRecomputeTheVeryGradients() {
        for (String trained : List.of(".*", ".*attn.*", "up_blocks.1.*", "time_embedding.*|conv_in.*")) {
            Parameters parameters = weights(DataType.FLOAT32, trained);
            Map<String, float[]> recorded = gradients(parameters, Execution.SCOPED);
            Map<String, float[]> recomputed = gradients(parameters, new Recomputation());
            assertThat(recomputed.keySet()).isEqualTo(recorded.keySet());
            recorded.forEach((name, gradient) -> {
                assertThat(gradient).as(name).isNotEqualTo(new float[gradient.length]);
                assertClose(name, recomputed.get(name), gradient, 1e-5);
            });
        }
    }

    @Test
    void shouldTrainFloat32BetweenFrozenHalves() {
        String trained = ".*attn.*";
        Parameters half = weights(DataType.FLOAT16, trained);
        assertThat(half.get("conv_in.weight").getDataType()).isEqualTo(DataType.FLOAT16);
        assertThat(half.trained()).allMatch(array -> array.getDataType() == DataType.FLOAT32);
        Map<String, float[]> exact = gradients(weights(DataType.FLOAT32, trained), Execution.SCOPED);
        for (Execution blocks : List.of(Execution.SCOPED, new Recomputation())) {
            Map<String, float[]> rounded = gradients(half, blocks);
            assertThat(rounded.keySet()).isEqualTo(exact.keySet());
            exact.forEach((name, gradient) -> assertClose(name, rounded.get(name), gradient, 2e-2));
        }
    }

    /** Largest difference, relative to the largest value. */
    private static void assertClose(String name, float[] actual, float[] expected, double tolerance) {
        double scale = 0;
        double difference = 0;
        for (int i = 0; i < expected.length; i++) {
            scale = Math.max(scale, Math.abs(expected[i]));
            difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
        }
        assertThat(difference / scale).as(name).isCloseTo(0, within(tolerance));
    }

    @Test
    void shouldLeaveNothingBehindButTheOutput() {
        Parameters parameters = weights(DataType.FLOAT32, ".*");
        try (NDManager step = manager.newSubManager();
                Autograd off = Autograd.disabled()) {
            NDArray latents = Noise.normal(step, 1, new Shape(2, 4, 8, 8));
            NDArray context = Noise.normal(step, 2, new Shape(2, 5, 12));
            NDArray output = Execution.SCOPED.run(
                    in -> Ops.silu(in.get(0)).add(in.get(1)).mul(2), latents, latents);
            assertThat(step.getManagedArrays()).containsExactlyInAnyOrder(latents, context, output);
        }
    }
}
