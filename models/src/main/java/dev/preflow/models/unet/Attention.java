package dev.preflow.models.unet;

import ai.djl.ndarray.NDArray;
import dev.preflow.models.nn.Initializer;
import dev.preflow.models.nn.Layers;
import dev.preflow.models.tensor.Ops;
import dev.preflow.models.tensor.Scope;

/**
 * Multi-head attention of a sequence on a context, which is the sequence itself in self-attention.
 *
 * @param channels of the sequence
 * @param contextChannels of the context
 * @param heads number of heads
 */
record Attention(int channels, int contextChannels, int heads) {

    Attention {
        if (heads < 1 || channels % heads != 0) {
            throw new IllegalArgumentException(
                    "attention_head_dim: " + channels + " channels cannot be split into " + heads + " heads");
        }
    }

    void initialize(Initializer init, Scope p) {
        init.linearWithoutBias(p.scope("to_q"), channels, channels);
        init.linearWithoutBias(p.scope("to_k"), contextChannels, channels);
        init.linearWithoutBias(p.scope("to_v"), contextChannels, channels);
        init.linear(p.scope("to_out.0"), channels, channels, Initializer.RESIDUAL);
    }

    NDArray forward(Scope p, NDArray x, NDArray context) {
        NDArray q = Layers.linear(p.scope("to_q"), x);
        NDArray k = Layers.linear(p.scope("to_k"), context);
        NDArray v = Layers.linear(p.scope("to_v"), context);
        return Layers.linear(p.scope("to_out.0"), Ops.multiHeadAttention(q, k, v, heads, false));
    }
}
