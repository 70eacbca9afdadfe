package dev.preflow.models.unet;

import ai.djl.ndarray.NDArray;
import dev.preflow.models.nn.Initializer;
import dev.preflow.models.nn.Layers;
import dev.preflow.models.tensor.Ops;
import dev.preflow.models.tensor.Scope;

/**
 * Two linear layers with a SiLU between them, diffusers' {@code TimestepEmbedding}.
 *
 * @param in channels of the input
 * @param channels of the embedding
 */
record MlpEmbedding(int in, int channels) {

    void initialize(Initializer init, Scope p) {
        init.linear(p.scope("linear_1"), in, channels, 1);
        init.linear(p.scope("linear_2"), channels, channels, 1);
    }

    /** N×in to N×channels. */
    NDArray forward(Scope p, NDArray x) {
        return Layers.linear(p.scope("linear_2"), Ops.silu(Layers.linear(p.scope("linear_1"), x)));
    }
}
