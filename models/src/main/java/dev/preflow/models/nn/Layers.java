package dev.preflow.models.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import dev.preflow.models.lora.LoraLayer;
import dev.preflow.models.tensor.Ops;
import dev.preflow.models.tensor.Scope;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Elementary layers whose parameters are {@code weight} and, where there is one, {@code bias} of a scope. A LoRA adapter in the
 * scope of a linear map or a convolution takes part.
 *
 * <p>A layer computes in its weight's type and answers in its input's: trained float32 layers and adapters work between frozen
 * half-precision ones, and the other way round.
 */
public final class Layers {

    private Layers() {}

    /** A linear map of the last dimension. */
    public static NDArray linear(Scope p, NDArray x) {
        NDArray weight = p.get("weight");
        NDArray y = typed(x, weight, input -> Ops.linear(input, weight, bias(p, x, weight)));
        return LoraLayer.linear(p, x, y);
    }

    /** A convolution of odd kernel size that keeps the image's size. */
    public static NDArray conv(Scope p, NDArray x) {
        return conv(p, x, 1, (int) p.get("weight").getShape().get(2) / 2);
    }

    /** A convolution with a stride and the same padding on all sides. */
    public static NDArray conv(Scope p, NDArray x, int stride, int padding) {
        NDArray weight = p.get("weight");
        NDArray y = typed(x, weight, input -> Ops.conv2d(input, weight, bias(p, x, weight), stride, padding));
        return LoraLayer.conv(p, x, y, stride, padding);
    }

    /** Layer normalisation of the last dimension. */
    public static NDArray layerNorm(Scope p, NDArray x, double epsilon) {
        NDArray weight = p.get("weight");
        return typed(x, weight, input -> Ops.layerNorm(input, weight, requiredBias(p, x, weight), epsilon));
    }

    /** Group normalisation of an image. */
    public static NDArray groupNorm(Scope p, NDArray x, int groups, double epsilon) {
        NDArray weight = p.get("weight");
        return typed(x, weight, input -> Ops.groupNorm(input, groups, weight, requiredBias(p, x, weight), epsilon));
    }

    /** Group normalisation of an image, then SiLU. */
    public static NDArray groupNormSilu(Scope p, NDArray x, int groups, double epsilon) {
        NDArray weight = p.get("weight");
        return typed(x, weight, input -> Ops.groupNormSilu(input, groups, weight, requiredBias(p, x, weight), epsilon));
    }

    private static NDArray typed(NDArray x, NDArray weight, UnaryOperator<NDArray> layer) {
        DataType given = x.getDataType();
        return Ops.cast(layer.apply(Ops.cast(x, weight.getDataType())), given);
    }

    private static @Nullable NDArray bias(Scope p, NDArray x, NDArray weight) {
        return p.contains("bias") ? requiredBias(p, x, weight) : null;
    }

    private static NDArray requiredBias(Scope p, NDArray x, NDArray weight) {
        NDArray stored = p.get("bias");
        NDArray bias = Ops.cast(stored, weight.getDataType());
        if (bias != stored) {
            // it is of this pass, and must not live for as long as the weights
            bias.attach(x.getManager());
        }
        return bias;
    }
}
