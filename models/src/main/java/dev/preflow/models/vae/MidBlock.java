package dev.preflow.models.vae;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.nn.Initializer;
import dev.preflow.models.nn.Layers;
import dev.preflow.models.nn.ResnetBlock;
import dev.preflow.models.tensor.Execution;
import dev.preflow.models.tensor.Ops;
import dev.preflow.models.tensor.Scope;

/**
 * The middle of encoder and decoder: two residual blocks with single-head self-attention between them.
 *
 * @param resnet the residual blocks' form
 * @param attends whether there is the attention
 */
record MidBlock(ResnetBlock resnet, boolean attends) {

    /** Queries of one image that attend at once: those of an image of 512×512. */
    private static final long QUERIES = 4096;

    void initialize(Initializer init, Scope p) {
        resnet.initialize(init, p.scope("resnets", 0));
        if (attends) {
            Scope attention = p.scope("attentions", 0);
            int channels = resnet.out();
            init.norm(attention.scope("group_norm"), channels);
            init.linear(attention.scope("to_q"), channels, channels, 1);
            init.linear(attention.scope("to_k"), channels, channels, 1);
            init.linear(attention.scope("to_v"), channels, channels, 1);
            init.linear(attention.scope("to_out.0"), channels, channels, Initializer.RESIDUAL);
        }
        resnet.initialize(init, p.scope("resnets", 1));
    }

    NDArray forward(Scope p, NDArray x) {
        NDArray h = Execution.SCOPED.run(in -> resnet.forward(p.scope("resnets", 0), in.get(0), null), x);
        if (attends) {
            h = Execution.SCOPED.run(in -> in.get(0).add(attention(p.scope("attentions", 0), in.get(0))), h);
        }
        return Execution.SCOPED.run(in -> resnet.forward(p.scope("resnets", 1), in.get(0), null), h);
    }

    private NDArray attention(Scope p, NDArray x) {
        Shape image = x.getShape();
        NDArray sequence = Layers.groupNorm(p.scope("group_norm"), x, resnet.groups(), resnet.epsilon())
                .reshape(image.get(0), image.get(1), -1)
                .transpose(0, 2, 1);
        NDArray q = Layers.linear(p.scope("to_q"), sequence);
        NDArray k = Layers.linear(p.scope("to_k"), sequence);
        NDArray v = Layers.linear(p.scope("to_v"), sequence);
        NDArray attended = sliced(q, k, v);
        return Layers.linear(p.scope("to_out.0"), attended).transpose(0, 2, 1).reshape(image);
    }

    /**
     * Some queries at a time. A head as wide as all channels is more than PyTorch's fused kernels on CUDA take, and the fall-back
     * holds a weight for every pair of a query and a key.
     */
    private static NDArray sliced(NDArray q, NDArray k, NDArray v) {
        long length = q.getShape().get(1);
        NDList slices = new NDList();
        for (long from = 0; from < length; from += QUERIES) {
            NDArray some =
                    length <= QUERIES ? q : q.get(new NDIndex(":, {}:{}", from, Math.min(length, from + QUERIES)));
            slices.add(Ops.multiHeadAttention(some, k, v, 1, false));
        }
        return slices.size() == 1 ? slices.get(0) : NDArrays.concat(slices, 1);
    }
}
