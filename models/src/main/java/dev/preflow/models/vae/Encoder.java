package dev.preflow.models.vae;

import ai.djl.ndarray.NDArray;
import dev.preflow.models.nn.Initializer;
import dev.preflow.models.nn.Layers;
import dev.preflow.models.nn.ResnetBlock;
import dev.preflow.models.tensor.Execution;
import dev.preflow.models.tensor.Ops;
import dev.preflow.models.tensor.Scope;

/** The encoder: an image to the mean and log-variance of its latents. */
record Encoder(VaeConfig config) {

    static final double EPSILON = 1e-6;

    private ResnetBlock resnet(int level, int index) {
        int before = config.blockOutChannels().get(index == 0 ? Math.max(level - 1, 0) : level);
        return new ResnetBlock(before, config.blockOutChannels().get(level), 0, config.normNumGroups(), EPSILON);
    }

    private int levels() {
        return config.blockOutChannels().size();
    }

    private MidBlock mid() {
        int channels = config.blockOutChannels().get(levels() - 1);
        return new MidBlock(
                new ResnetBlock(channels, channels, 0, config.normNumGroups(), EPSILON), config.midBlockAddAttention());
    }

    void initialize(Initializer init, Scope p) {
        init.conv(
                p.scope("conv_in"),
                config.inChannels(),
                config.blockOutChannels().get(0),
                3,
                1);
        for (int level = 0; level < levels(); level++) {
            Scope block = p.scope("down_blocks", level);
            for (int i = 0; i < config.layersPerBlock(); i++) {
                resnet(level, i).initialize(init, block.scope("resnets", i));
            }
            if (level < levels() - 1) {
                int channels = config.blockOutChannels().get(level);
                init.conv(block.scope("downsamplers.0.conv"), channels, channels, 3, 1);
            }
        }
        mid().initialize(init, p.scope("mid_block"));
        int channels = config.blockOutChannels().get(levels() - 1);
        init.norm(p.scope("conv_norm_out"), channels);
        init.conv(p.scope("conv_out"), channels, 2 * config.latentChannels(), 3, 1);
    }

    NDArray forward(Scope p, NDArray image) {
        NDArray h = Layers.conv(p.scope("conv_in"), image);
        for (int level = 0; level < levels(); level++) {
            Scope block = p.scope("down_blocks", level);
            for (int i = 0; i < config.layersPerBlock(); i++) {
                ResnetBlock resnet = resnet(level, i);
                Scope own = block.scope("resnets", i);
                h = Execution.SCOPED.run(in -> resnet.forward(own, in.get(0), null), h);
            }
            if (level < levels() - 1) {
                // Unlike the U-Net's, this convolution is padded on the right and at the bottom only.
                h = Execution.SCOPED.run(
                        in -> Layers.conv(block.scope("downsamplers.0.conv"), Ops.pad(in.get(0), 0, 1, 0, 1), 2, 0), h);
            }
        }
        h = mid().forward(p.scope("mid_block"), h);
        h = Layers.groupNormSilu(p.scope("conv_norm_out"), h, config.normNumGroups(), EPSILON);
        return Layers.conv(p.scope("conv_out"), h);
    }
}
