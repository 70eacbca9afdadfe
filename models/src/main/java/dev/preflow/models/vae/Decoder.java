package dev.preflow.models.vae;

import ai.djl.ndarray.NDArray;
import dev.preflow.models.nn.Initializer;
import dev.preflow.models.nn.Layers;
import dev.preflow.models.nn.ResnetBlock;
import dev.preflow.models.tensor.Execution;
import dev.preflow.models.tensor.Ops;
import dev.preflow.models.tensor.Scope;

/** The decoder: latents to an image. */
record Decoder(VaeConfig config) {

    private int levels() {
        return config.blockOutChannels().size();
    }

    /** Channels of an up block; they are numbered from the coarsest resolution. */
    private int channels(int block) {
        return config.blockOutChannels().get(levels() - 1 - block);
    }

    private ResnetBlock resnet(int block, int index) {
        int before = channels(index == 0 ? Math.max(block - 1, 0) : block);
        return new ResnetBlock(before, channels(block), 0, config.normNumGroups(), Encoder.EPSILON);
    }

    private MidBlock mid() {
        ResnetBlock resnet = new ResnetBlock(channels(0), channels(0), 0, config.normNumGroups(), Encoder.EPSILON);
        return new MidBlock(resnet, config.midBlockAddAttention());
    }

    void initialize(Initializer init, Scope p) {
        init.conv(p.scope("conv_in"), config.latentChannels(), channels(0), 3, 1);
        mid().initialize(init, p.scope("mid_block"));
        for (int block = 0; block < levels(); block++) {
            Scope up = p.scope("up_blocks", block);
            for (int i = 0; i <= config.layersPerBlock(); i++) {
                resnet(block, i).initialize(init, up.scope("resnets", i));
            }
            if (block < levels() - 1) {
                init.conv(up.scope("upsamplers.0.conv"), channels(block), channels(block), 3, 1);
            }
        }
        init.norm(p.scope("conv_norm_out"), channels(levels() - 1));
        init.conv(p.scope("conv_out"), channels(levels() - 1), config.outChannels(), 3, 1);
    }

    NDArray forward(Scope p, NDArray latents) {
        NDArray h = Layers.conv(p.scope("conv_in"), latents);
        h = mid().forward(p.scope("mid_block"), h);
        for (int block = 0; block < levels(); block++) {
            Scope up = p.scope("up_blocks", block);
            for (int i = 0; i <= config.layersPerBlock(); i++) {
                ResnetBlock resnet = resnet(block, i);
                Scope own = up.scope("resnets", i);
                h = Execution.SCOPED.run(in -> resnet.forward(own, in.get(0), null), h);
            }
            if (block < levels() - 1) {
                h = Execution.SCOPED.run(
                        in -> Layers.conv(up.scope("upsamplers.0.conv"), Ops.upsampleNearest2x(in.get(0))), h);
            }
        }
        return Execution.SCOPED.run(in -> output(p, in.get(0)), h);
    }

    private NDArray output(Scope p, NDArray h) {
        NDArray normed = Layers.groupNormSilu(p.scope("conv_norm_out"), h, config.normNumGroups(), Encoder.EPSILON);
        return Layers.conv(p.scope("conv_out"), normed);
    }
}
