package dev.preflow.models.nn;

import ai.djl.ndarray.NDArray;
import dev.preflow.models.tensor.Scope;
import org.jspecify.annotations.Nullable;

/**
 * diffusers' {@code ResnetBlock2D}: two normalised convolutions beside a shortcut, the time embedding added between them.
 *
 * @param in input channels
 * @param out output channels
 * @param timeChannels channels of the time embedding, 0 for none
 * @param groups groups of the normalisations
 * @param epsilon of the normalisations
 */
public record ResnetBlock(int in, int out, int timeChannels, int groups, double epsilon) {

    /** Creates the parameters. */
    public void initialize(Initializer init, Scope p) {
        init.norm(p.scope("norm1"), in);
        init.conv(p.scope("conv1"), in, out, 3, 1);
        if (timeChannels > 0) {
            init.linear(p.scope("time_emb_proj"), timeChannels, out, 1);
        }
        init.norm(p.scope("norm2"), out);
        init.conv(p.scope("conv2"), out, out, 3, Initializer.RESIDUAL);
        if (in != out) {
            init.conv(p.scope("conv_shortcut"), in, out, 1, 1);
        }
    }

    /**
     * N×in×H×W to N×out×H×W.
     *
     * @param time the time embedding after its SiLU, N×timeChannels, or null if the block takes none
     */
    public NDArray forward(Scope p, NDArray x, @Nullable NDArray time) {
        NDArray h = Layers.conv(p.scope("conv1"), Layers.groupNormSilu(p.scope("norm1"), x, groups, epsilon));
        if (time != null) {
            h = h.add(Layers.linear(p.scope("time_emb_proj"), time).reshape(-1, out, 1, 1));
        }
        h = Layers.conv(p.scope("conv2"), Layers.groupNormSilu(p.scope("norm2"), h, groups, epsilon));
        return h.add(in == out ? x : Layers.conv(p.scope("conv_shortcut"), x));
    }
}
