package dev.preflow.models.unet;

import ai.djl.ndarray.NDArray;
import dev.preflow.models.nn.Initializer;
import dev.preflow.models.nn.Layers;
import dev.preflow.models.tensor.Scope;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The text-conditioned U-Net of latent diffusion (Rombach et al. 2022), with diffusers' parameter names. Immutable: the
 * parameters are given to every call, so one instance serves the policy, its reference and its copies.
 */
public final class UNet2DConditionModel {

    private static final double OUTPUT_GAIN = 0.1;

    private final UNetConfig config;
    private final TimeEmbedding time;
    private final List<DownBlock> down;
    private final MidBlock mid;
    private final List<UpBlock> up;

    /** A network of the sizes that the config gives. */
    public UNet2DConditionModel(UNetConfig config) {
        this.config = config;
        this.time = new TimeEmbedding(
                config.blockOutChannels().get(0), config.timeChannels(), config.flipSinToCos(), config.freqShift());
        UNetBlocks blocks = new UNetBlocks(config);
        this.down = blocks.down();
        this.mid = blocks.mid();
        this.up = blocks.up();
    }

    /** The sizes. */
    public UNetConfig config() {
        return config;
    }

    /** Adds new parameters. */
    public void init(Scope p, long seed) {
        Initializer init = new Initializer(p, seed);
        int first = config.blockOutChannels().get(0);
        init.conv(p.scope("conv_in"), config.inChannels(), first, 3, 1);
        time.initialize(init, p.scope("time_embedding"));
        for (int i = 0; i < down.size(); i++) {
            down.get(i).initialize(init, p.scope("down_blocks", i));
        }
        mid.initialize(init, p.scope("mid_block"));
        for (int i = 0; i < up.size(); i++) {
            up.get(i).initialize(init, p.scope("up_blocks", i));
        }
        init.norm(p.scope("conv_norm_out"), first);
        init.conv(p.scope("conv_out"), first, config.outChannels(), 3, OUTPUT_GAIN);
    }

    /**
     * The prediction for noisy latents.
     *
     * @param latents N×C×H×W
     * @param timesteps one per sample, in the scheduler's training range; samplers may ask between two
     * @param context the text encoder's hidden states, N×L×crossAttentionDim
     * @return in the latents' shape and manager
     */
    public NDArray forward(Scope p, NDArray latents, double[] timesteps, NDArray context) {
        long batch = latents.getShape().get(0);
        if (timesteps.length != batch || context.getShape().get(0) != batch) {
            throw new IllegalArgumentException("Latents " + latents.getShape() + " with " + timesteps.length
                    + " timesteps and context " + context.getShape() + ": give one of each per sample");
        }
        NDArray embedding = time.forward(p.scope("time_embedding"), latents.getManager(), timesteps);
        // A view in the latents' manager: what is computed from the context would otherwise gather in the context's.
        NDArray text = context.reshape(context.getShape());
        text.attach(latents.getManager());
        Deque<NDArray> skips = new ArrayDeque<>();
        NDArray h = Layers.conv(p.scope("conv_in"), latents);
        skips.push(h);
        for (int i = 0; i < down.size(); i++) {
            h = down.get(i).forward(p.scope("down_blocks", i), h, embedding, text, skips);
        }
        h = mid.forward(p.scope("mid_block"), h, embedding, text);
        for (int i = 0; i < up.size(); i++) {
            h = up.get(i).forward(p.scope("up_blocks", i), h, embedding, text, skips);
        }
        h = Layers.groupNormSilu(p.scope("conv_norm_out"), h, config.normNumGroups(), config.normEps());
        return Layers.conv(p.scope("conv_out"), h);
    }
}
