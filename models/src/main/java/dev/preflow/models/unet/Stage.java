package dev.preflow.models.unet;

import ai.djl.ndarray.NDArray;
import dev.preflow.models.nn.Initializer;
import dev.preflow.models.nn.ResnetBlock;
import dev.preflow.models.tensor.Execution;
import dev.preflow.models.tensor.Scope;
import org.jspecify.annotations.Nullable;

/**
 * One layer of a down, mid or up block: a residual block and, in the cross-attention variants, a transformer after it.
 *
 * @param resnet the residual block
 * @param transformer the transformer, or null
 */
record Stage(ResnetBlock resnet, @Nullable SpatialTransformer transformer) {

    void initialize(Initializer init, Scope block, int index) {
        resnet.initialize(init, block.scope("resnets", index));
        if (transformer != null) {
            transformer.initialize(init, block.scope("attentions", index));
        }
    }

    NDArray forward(Scope block, int index, NDArray x, NDArray time, NDArray context, Execution blocks) {
        Scope p = block.scope("resnets", index);
        NDArray h = blocks.run(in -> resnet.forward(p, in.get(0), in.get(1)), x, time);
        return attended(block, index, h, context, blocks);
    }

    /** The same of an image beside a down block's output. */
    NDArray forward(Scope block, int index, NDArray x, NDArray skip, NDArray time, NDArray context, Execution blocks) {
        Scope p = block.scope("resnets", index);
        NDArray h = blocks.run(in -> resnet.forward(p, in.get(0).concat(in.get(1), 1), in.get(2)), x, skip, time);
        return attended(block, index, h, context, blocks);
    }

    private NDArray attended(Scope block, int index, NDArray h, NDArray context, Execution blocks) {
        return transformer == null ? h : transformer.forward(block.scope("attentions", index), h, context, blocks);
    }
}
