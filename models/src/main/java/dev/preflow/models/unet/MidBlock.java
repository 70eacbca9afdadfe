package dev.preflow.models.unet;

import ai.djl.ndarray.NDArray;
import dev.preflow.models.nn.Initializer;
import dev.preflow.models.nn.ResnetBlock;
import dev.preflow.models.tensor.Execution;
import dev.preflow.models.tensor.Scope;

/**
 * diffusers' {@code UNetMidBlock2DCrossAttn}: a residual block, a transformer, a residual block.
 *
 * @param resnet the residual blocks' form
 * @param transformer the transformer
 */
record MidBlock(ResnetBlock resnet, SpatialTransformer transformer) {

    void initialize(Initializer init, Scope p) {
        resnet.initialize(init, p.scope("resnets", 0));
        transformer.initialize(init, p.scope("attentions", 0));
        resnet.initialize(init, p.scope("resnets", 1));
    }

    NDArray forward(Scope p, NDArray x, NDArray time, NDArray context, Execution blocks) {
        NDArray h = blocks.run(in -> resnet.forward(p.scope("resnets", 0), in.get(0), in.get(1)), x, time);
        h = transformer.forward(p.scope("attentions", 0), h, context, blocks);
        return blocks.run(in -> resnet.forward(p.scope("resnets", 1), in.get(0), in.get(1)), h, time);
    }
}
