package dev.preflow.models.unet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.nn.Initializer;
import dev.preflow.models.nn.Layers;
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

    NDArray forward(Scope p, NDArray x, NDArray context) {
        NDArray h = Layers.groupNorm(p.scope("norm"), x, groups, EPSILON);
        Shape image = x.getShape();
        if (linear) {
            h = Layers.linear(p.scope("proj_in"), sequence(h));
            h = blocks(p, h, context);
            return x.add(image(Layers.linear(p.scope("proj_out"), h), image));
        }
        h = sequence(Layers.conv(p.scope("proj_in"), h));
        h = blocks(p, h, context);
        return x.add(Layers.conv(p.scope("proj_out"), image(h, image)));
    }

    private NDArray blocks(Scope p, NDArray sequence, NDArray context) {
        NDArray h = sequence;
        for (int i = 0; i < depth; i++) {
            h = block().forward(p.scope("transformer_blocks", i), h, context);
        }
        return h;
    }

    private static NDArray sequence(NDArray image) {
        Shape shape = image.getShape();
        return image.reshape(shape.get(0), shape.get(1), -1).transpose(0, 2, 1);
    }

    private static NDArray image(NDArray sequence, Shape shape) {
        return sequence.transpose(0, 2, 1).reshape(shape);
    }
}
