package dev.preflow.models.unet;

import ai.djl.ndarray.NDArray;
import dev.preflow.models.nn.Initializer;
import dev.preflow.models.nn.Layers;
import dev.preflow.models.tensor.Ops;
import dev.preflow.models.tensor.Scope;

/**
 * diffusers' {@code BasicTransformerBlock}: self-attention, cross-attention on the text, and a gated feed-forward layer.
 *
 * @param channels of the sequence
 * @param contextChannels of the text encoder's hidden states
 * @param heads of both attentions
 */
record TransformerBlock(int channels, int contextChannels, int heads) {

    private static final double EPSILON = 1e-5;
    private static final int EXPANSION = 4;

    private Attention self() {
        return new Attention(channels, channels, heads);
    }

    private Attention cross() {
        return new Attention(channels, contextChannels, heads);
    }

    void initialize(Initializer init, Scope p) {
        init.norm(p.scope("norm1"), channels);
        self().initialize(init, p.scope("attn1"));
        init.norm(p.scope("norm2"), channels);
        cross().initialize(init, p.scope("attn2"));
        init.norm(p.scope("norm3"), channels);
        int inner = EXPANSION * channels;
        init.linear(p.scope("ff.net.0.proj"), channels, 2 * inner, 1);
        init.linear(p.scope("ff.net.2"), inner, channels, Initializer.RESIDUAL);
    }

    NDArray forward(Scope p, NDArray x, NDArray context) {
        NDArray normed = Layers.layerNorm(p.scope("norm1"), x, EPSILON);
        NDArray h = x.add(self().forward(p.scope("attn1"), normed, normed));
        h = h.add(cross().forward(p.scope("attn2"), Layers.layerNorm(p.scope("norm2"), h, EPSILON), context));
        NDArray expanded = Layers.linear(p.scope("ff.net.0.proj"), Layers.layerNorm(p.scope("norm3"), h, EPSILON));
        return h.add(Layers.linear(p.scope("ff.net.2"), Ops.geglu(expanded)));
    }
}
