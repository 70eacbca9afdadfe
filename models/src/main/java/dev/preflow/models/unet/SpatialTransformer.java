package dev.preflow.models.unet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.nn.Initializer;
import dev.preflow.models.nn.Layers;
import dev.preflow.models.tensor.Execution;
import dev.preflow.models.tensor.Scope;

/**
 * diffusers' {@code Transformer2DModel}: an image's pixels as a sequence through transformer blocks, beside a
 * shortcut.
 *
 * @param channels of the image
 * @param contextChannels of the text encoder's hidden states
 * @param heads of the attentions
 * @param groups of the normalisation
 * @param depth how many transformer blocks follow one another
 * @param linear whether the projections are linear maps instead of 1×1 convolutions
 */
record SpatialTransformer(int channels, int contextChannels, int heads, int groups, int depth, boolean linear) {

    private static final double EPSILON = 1e-6;

    private TransformerBlock block() {
        return new TransformerBlock(channels, contextChannels, heads);
    }

    void initialize(Initializer init, Scope p) {
        init.norm(p.scope("norm"), channels);
        if (linear) {
            init.linear(p.scope("proj_in"), channels, channels, 1);
            init.linear(p.scope("proj_out"), channels, channels, Initializer.RESIDUAL);
        } else {
            init.conv(p.scope("proj_in"), channels, channels, 1, 1);
            init.conv(p.scope("proj_out"), channels, channels, 1, Initializer.RESIDUAL);
        }
        for (int i = 0; i < depth; i++) {
            block().initialize(init, p.scope("transformer_blocks", i));
        }
    }

    NDArray forward(Scope p, NDArray x, NDArray context, Execution blocks) {
        NDArray h = blocks.run(in -> entered(p, in.get(0)), x);
        for (int i = 0; i < depth; i++) {
            Scope own = p.scope("transformer_blocks", i);
            h = blocks.run(in -> block().forward(own, in.get(0), in.get(1)), h, context);
        }
        return blocks.run(in -> in.get(0).add(left(p, in.get(1), in.get(0).getShape())), x, h);
    }

    private NDArray entered(Scope p, NDArray x) {
        NDArray h = Layers.groupNorm(p.scope("norm"), x, groups, EPSILON);
        return linear ? Layers.linear(p.scope("proj_in"), sequence(h)) : sequence(Layers.conv(p.scope("proj_in"), h));
    }

    private NDArray left(Scope p, NDArray h, Shape shape) {
        return linear
                ? image(Layers.linear(p.scope("proj_out"), h), shape)
                : Layers.conv(p.scope("proj_out"), image(h, shape));
    }

    private static NDArray sequence(NDArray image) {
        Shape shape = image.getShape();
        return image.reshape(shape.get(0), shape.get(1), -1).transpose(0, 2, 1);
    }

    private static NDArray image(NDArray sequence, Shape shape) {
        return sequence.transpose(0, 2, 1).reshape(shape);
    }
}
