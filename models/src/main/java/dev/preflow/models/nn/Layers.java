package dev.preflow.models.nn;

import ai.djl.ndarray.NDArray;
import dev.preflow.models.lora.LoraLayer;
import dev.preflow.models.tensor.Ops;
import dev.preflow.models.tensor.Scope;

/**
 * Elementary layers whose parameters are {@code weight} and, where there is one, {@code bias} of a scope. A LoRA adapter in the
 * scope of a linear map or a convolution takes part.
 */
public final class Layers {

    private Layers() {}

    /** A linear map of the last dimension. */
    public static NDArray linear(Scope p, NDArray x) {
        return LoraLayer.linear(p, x, Ops.linear(x, p.get("weight"), p.find("bias")));
    }

    /** A convolution of odd kernel size that keeps the image's size. */
    public static NDArray conv(Scope p, NDArray x) {
        return conv(p, x, 1, (int) p.get("weight").getShape().get(2) / 2);
    }

    /** A convolution with a stride and the same padding on all sides. */
    public static NDArray conv(Scope p, NDArray x, int stride, int padding) {
        NDArray y = Ops.conv2d(x, p.get("weight"), p.find("bias"), stride, padding);
        return LoraLayer.conv(p, x, y, stride, padding);
    }

    /** Layer normalisation of the last dimension. */
    public static NDArray layerNorm(Scope p, NDArray x, double epsilon) {
        return Ops.layerNorm(x, p.get("weight"), p.get("bias"), epsilon);
    }

    /** Group normalisation of an image. */
    public static NDArray groupNorm(Scope p, NDArray x, int groups, double epsilon) {
        return Ops.groupNorm(x, groups, p.get("weight"), p.get("bias"), epsilon);
    }

    /** Group normalisation of an image, then SiLU. */
    public static NDArray groupNormSilu(Scope p, NDArray x, int groups, double epsilon) {
        return Ops.groupNormSilu(x, groups, p.get("weight"), p.get("bias"), epsilon);
    }
}
