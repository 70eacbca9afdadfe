package dev.preflow.models.unet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.nn.Initializer;
import dev.preflow.models.nn.Layers;
import dev.preflow.models.tensor.Execution;
import dev.preflow.models.tensor.Ops;
import dev.preflow.models.tensor.Scope;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;

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
        this.time = new TimeEmbedding(config);
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
        initialize(new Initializer(seed), p);
    }

    /** The names and shapes of the parameters. */
    public NavigableMap<String, Shape> shapes() {
        return Initializer.shapes(this::initialize);
    }

    private void initialize(Initializer init, Scope p) {
        int first = config.blockOutChannels().get(0);
        init.conv(p.scope("conv_in"), config.inChannels(), first, 3, 1);
        time.initialize(init, p);
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

    /** The prediction for noisy latents, each block in a scope of its own. */
    public NDArray forward(Scope p, NDArray latents, double[] timesteps, Conditioning conditioning) {
        return forward(p, latents, timesteps, conditioning, Execution.SCOPED);
    }

    /**
     * The prediction for noisy latents.
     *
     * <p>It is computed in the type of the weights ({@code conv_in}'s, where some are trained) and given in the latents'.
     *
     * @param latents N×C×H×W
     * @param timesteps one per sample, in the scheduler's training range; samplers may ask between two
     * @param conditioning of as many texts; with an addition exactly if the config has an {@code addition_embed_type}
     * @param blocks how the blocks are run
     * @return in the latents' shape, type and manager
     */
    public NDArray forward(Scope p, NDArray latents, double[] timesteps, Conditioning conditioning, Execution blocks) {
        check(latents, timesteps, conditioning);
        DataType type = p.get("conv_in.weight").getDataType();
        NDManager manager = latents.getManager();
        Conditioning given = conditioning.viewedIn(manager);
        NDArray embedding = time.forward(p, manager, timesteps, given, type);
        NDArray text = Ops.cast(given.states(), type);
        Deque<NDArray> skips = new ArrayDeque<>();
        NDArray h = blocks.run(in -> Layers.conv(p.scope("conv_in"), Ops.cast(in.get(0), type)), latents);
        skips.push(h);
        for (int i = 0; i < down.size(); i++) {
            h = down.get(i).forward(p.scope("down_blocks", i), h, embedding, text, skips, blocks);
        }
        h = mid.forward(p.scope("mid_block"), h, embedding, text, blocks);
        for (int i = 0; i < up.size(); i++) {
            h = up.get(i).forward(p.scope("up_blocks", i), h, embedding, text, skips, blocks);
        }
        return blocks.run(in -> Ops.cast(output(p, in.get(0)), latents.getDataType()), h);
    }

    private NDArray output(Scope p, NDArray h) {
        NDArray normed = Layers.groupNormSilu(p.scope("conv_norm_out"), h, config.normNumGroups(), config.normEps());
        return Layers.conv(p.scope("conv_out"), normed);
    }

    private void check(NDArray latents, double[] timesteps, Conditioning conditioning) {
        long batch = latents.getShape().get(0);
        if (timesteps.length != batch || conditioning.states().getShape().get(0) != batch) {
            throw new IllegalArgumentException("Latents " + latents.getShape() + " with " + timesteps.length
                    + " timesteps and states " + conditioning.states().getShape() + ": give one of each per sample");
        }
        Conditioning.Addition addition = conditioning.addition();
        if ((addition != null) != config.addsTextAndTime()
                || (addition != null && addition.pooled().getShape().get(0) != batch)) {
            throw new IllegalArgumentException("A U-Net of addition_embed_type " + config.additionEmbedType()
                    + " is given "
                    + (addition == null
                            ? "no pooled text"
                            : "pooled text " + addition.pooled().getShape())
                    + " for " + batch + " samples");
        }
    }
}
