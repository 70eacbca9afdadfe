package dev.preflow.models.reward;

import ai.djl.ndarray.NDArray;
import dev.preflow.models.nn.Initializer;
import dev.preflow.models.nn.Layers;
import dev.preflow.models.nn.ResnetBlock;
import dev.preflow.models.tensor.Execution;
import dev.preflow.models.tensor.Ops;
import dev.preflow.models.tensor.Scope;

/** BLIP's image encoder: a pre-normalised vision transformer (Dosovitskiy et al. 2021). */
record VisionTransformer(VpScoreConfig config) {
    private static final double EPSILON = 1e-6;
    private static final double TABLE_STD = 0.1;
    private static final int EXPANSION = 4;
    private static final int STEM_KERNEL = 3;
    /** Groups of the stem's normalisations. */
    static final int STEM_GROUPS = 8;

    void init(Scope p, Initializer init) {
        int width = config.visionWidth();
        init.normal(p, "cls_token", TABLE_STD, 1, 1, width);
        init.normal(p, "pos_embed", TABLE_STD, 1, config.imageTokens(), width);
        int in = 3;
        Scope patches = p.scope("patch_embed");
        for (int i = 0; i < config.visionStem().size(); i++) {
            int out = config.visionStem().get(i);
            init.conv(patches.scope("stem", i).scope("conv"), in, out, STEM_KERNEL, 1);
            init.norm(patches.scope("stem", i).scope("norm"), out);
            residual(out).initialize(init, patches.scope("stem", i).scope("resnet"));
            in = out;
        }
        init.conv(patches.scope("proj"), in, width, kernel(), 1);
        for (int i = 0; i < config.visionDepth(); i++) {
            Scope block = p.scope("blocks", i);
            init.norm(block.scope("norm1"), width);
            init.linear(block.scope("attn").scope("qkv"), width, 3 * width, 1);
            init.linear(block.scope("attn").scope("proj"), width, width, Initializer.RESIDUAL);
            init.norm(block.scope("norm2"), width);
            init.linear(block.scope("mlp").scope("fc1"), width, EXPANSION * width, 1);
            init.linear(block.scope("mlp").scope("fc2"), EXPANSION * width, width, Initializer.RESIDUAL);
        }
        init.norm(p.scope("norm"), width);
    }

    /**
     * Encodes images.
     *
     * @param images normalised, [B, 3, S, S]
     * @return [B, 1 + patches, W]
     */
    NDArray forward(Scope p, NDArray images) {
        NDArray tokens =
                BlipOps.tokens(patches(p.scope("patch_embed"), images), p.get("cls_token"), p.get("pos_embed"));
        for (int i = 0; i < config.visionDepth(); i++) {
            Scope own = p.scope("blocks", i);
            tokens = Execution.SCOPED.run(in -> block(own, in.get(0)), tokens);
        }
        return Layers.layerNorm(p.scope("norm"), tokens, EPSILON);
    }

    private NDArray patches(Scope p, NDArray images) {
        NDArray x = images;
        for (int i = 0; i < config.visionStem().size(); i++) {
            Scope own = p.scope("stem", i);
            NDArray halved = Layers.conv(own.scope("conv"), x, 2, STEM_KERNEL / 2);
            NDArray normal = Layers.groupNormSilu(own.scope("norm"), halved, STEM_GROUPS, EPSILON);
            x = residual(config.visionStem().get(i)).forward(own.scope("resnet"), normal, null);
        }
        return Layers.conv(p.scope("proj"), x, kernel(), 0);
    }

    private static ResnetBlock residual(int channels) {
        return new ResnetBlock(channels, channels, 0, STEM_GROUPS, EPSILON);
    }

    /** Side of a patch on what the stem has left of the image. */
    private int kernel() {
        return config.patchSize() >> config.visionStem().size();
    }

    private NDArray block(Scope p, NDArray x) {
        NDArray qkv = Layers.linear(p.scope("attn").scope("qkv"), Layers.layerNorm(p.scope("norm1"), x, EPSILON));
        NDArray attended = BlipOps.selfAttention(qkv, config.visionHeads());
        NDArray h = x.add(Layers.linear(p.scope("attn").scope("proj"), attended));
        NDArray inner = Layers.linear(p.scope("mlp").scope("fc1"), Layers.layerNorm(p.scope("norm2"), h, EPSILON));
        return h.add(Layers.linear(p.scope("mlp").scope("fc2"), Ops.gelu(inner)));
    }
}
