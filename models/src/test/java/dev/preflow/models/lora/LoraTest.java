package dev.preflow.models.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.nn.Layers;
import dev.preflow.models.pipeline.PipelineModels;
import dev.preflow.models.pipeline.TinyPipeline;
import dev.preflow.models.reference.Reference;
import dev.preflow.models.tensor.Autograd;
import dev.preflow.models.tensor.GradientCheck;
import dev.preflow.models.tensor.Noise;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.TestDevice;
import dev.preflow.models.unet.Conditioning;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoraTest {
    /** Linear maps and convolutions with and without stride, of both networks. */
    private static final List<String> MANY = List.of(
            "to_q",
            "to_k",
            "to_v",
            "to_out.0",
            "proj_in",
            "proj_out",
            "ff.net.0.proj",
            "ff.net.2",
            "conv1",
            "downsamplers.0.conv",
            "q_proj",
            "k_proj",
            "v_proj",
            "out_proj");

    private final NDManager manager = TestDevice.newManager();
    private final PipelineModels models = TinyPipeline.models("DDIMScheduler");
    private final Parameters base = models.initPolicy(manager, 1);

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void shouldBeginAsTheBaseAndLeaveItFrozen() {
        Lora lora = Lora.create(base, new LoraOptions(2, 4, MANY), 5, manager);
        Parameters policy = lora.over(base, manager);

        assertThat(predict(policy).toFloatArray()).isEqualTo(predict(base).toFloatArray());
        assertThat(policy.trained()).hasSize(2 * lora.modules().size());
        assertThat(base.trained()).isEmpty();
        base.asMap().forEach((name, array) -> assertThat(policy.get(name)).isSameAs(array));
        NDArray down =
                lora.parameters().get("unet.mid_block.attentions.0.transformer_blocks.0.attn1.to_q.lora_A.weight");
        float bound = (float) (1 / Math.sqrt(16));
        assertThat(down.getShape()).isEqualTo(new Shape(2, 16));
        assertThat(down.abs().max().getFloat()).isLessThanOrEqualTo(bound).isGreaterThan(0.8f * bound);
    }

    @Test
    void shouldAdaptTheAttentionsProjectionsByDefault() {
        Lora lora = Lora.create(base, new LoraOptions(1, 1, LoraOptions.ATTENTION), 5, manager);

        // one transformer in the middle, one below and two above, of two attentions with four projections each
        assertThat(lora.modules()).hasSize(4 * 2 * 4).allMatch(name -> name.matches("unet\\..*\\.attn[12]\\.to_.*"));
    }

    @Test
    void shouldComputeAlphaOverRankTimesBOfA() {
        Parameters layer = new Parameters(manager);
        layer.add("l.weight", Noise.normal(manager, 1, new Shape(3, 4)));
        layer.add("l.bias", Noise.normal(manager, 2, new Shape(3)));
        Lora lora = Lora.create(layer, new LoraOptions(2, 5, List.of("l")), 3, manager);
        randomise(lora, 4);
        NDArray x = Noise.normal(manager, 6, new Shape(7, 4));

        NDArray weight =
                layer.get("l.weight").add(lora.up("l").matMul(lora.down("l")).mul(5.0 / 2));
        NDArray expected = x.matMul(weight.transpose()).add(layer.get("l.bias"));

        assertThat(Reference.difference(Layers.linear(lora.over(layer, manager).scope("l"), x), expected))
                .isLessThan(1e-6);
    }

    @Test
    void shouldHaveTheGradientsOfDifferences() {
        Parameters wide = GradientCheck.variables(base);
        Lora lora = Lora.create(base, new LoraOptions(2, 3, MANY), 5, manager);
        randomise(lora, 7);
        Parameters adapters = GradientCheck.variables(lora.parameters());
        wide.trainable(name -> false);
        Parameters policy = Parameters.view(manager, wide, adapters);
        NDArray latents = latents().toType(DataType.FLOAT64, true);
        NDArray probe = Noise.normal(manager, 9, latents.getShape()).toType(DataType.FLOAT64, true);

        GradientCheck.check(adapters, () -> {
            Conditioning context = models.encodePrompts(policy, manager, List.of("a red circle", "a blue square"));
            return models.predict(policy, latents, new int[] {3, 700}, context)
                    .mul(probe)
                    .sum();
        });
        assertThat(wide.trained()).isEmpty();
    }

    @Test
    void shouldDrawTheSameWhenMerged() {
        Lora lora = Lora.create(base, new LoraOptions(3, 2, MANY), 5, manager);
        randomise(lora, 7);
        NDArray plain = predict(base);
        NDArray adapted = predict(lora.over(base, manager));
        assertThat(Reference.difference(adapted, plain)).isGreaterThan(0.01);

        lora.mergeInto(base, 1);

        assertThat(Reference.difference(predict(base), adapted)).isLessThan(1e-5);
        lora.mergeInto(base, -1);
        assertThat(Reference.difference(predict(base), plain)).isLessThan(1e-5);
    }

    @Test
    void shouldNameATargetThatIsNoLayer() {
        assertThatThrownBy(() -> Lora.create(base, new LoraOptions(2, 2, List.of("to_q", "to_x")), 1, manager))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'to_x'");
    }

    /** Random values in place of B's zeros. */
    static void randomise(Lora lora, long seed) {
        try (Autograd off = Autograd.disabled();
                NDManager step = lora.parameters().manager().newSubManager()) {
            for (String module : lora.modules()) {
                NDArray up = lora.up(module);
                NDArray noise = Noise.normal(step, seed + module.hashCode(), up.getShape());
                noise.mul(0.2).copyTo(up);
            }
        }
    }

    private NDArray latents() {
        return Noise.normal(manager, 8, new Shape(2, 4, 4, 4));
    }

    private NDArray predict(Parameters policy) {
        try (Autograd off = Autograd.disabled()) {
            Conditioning context = models.encodePrompts(policy, manager, List.of("a red circle", "a blue square"));
            return models.predict(policy, latents(), new int[] {3, 700}, context);
        }
    }
}
