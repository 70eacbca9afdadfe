package dev.preflow.models.unet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.nn.Initializer;
import dev.preflow.models.nn.Layers;
import dev.preflow.models.tensor.Execution;
import dev.preflow.models.tensor.Ops;
import dev.preflow.models.tensor.Scope;
import java.util.Deque;
import java.util.List;

/**
 * diffusers' {@code UpBlock2D} and {@code CrossAttnUpBlock2D}.
 *
 * @param stages its layers, each of which takes a down block's output beside its input
 * @param channels of its output
 * @param upsamples whether it ends by raising the resolution
 */
record UpBlock(List<Stage> stages, int channels, boolean upsamples) {

    void initialize(Initializer init, Scope p) {
        for (int i = 0; i < stages.size(); i++) {
            stages.get(i).initialize(init, p, i);
        }
        if (upsamples) {
            init.conv(p.scope("upsamplers.0.conv"), channels, channels, 3, 1);
        }
    }

    /** Pops one of the down blocks' outputs per layer. */
    NDArray forward(Scope p, NDArray x, NDArray time, NDArray context, Deque<NDArray> skips, Execution blocks) {
        NDArray h = x;
        for (int i = 0; i < stages.size(); i++) {
            h = stages.get(i).forward(p, i, h, skips.pop(), time, context, blocks);
        }
        if (upsamples) {
            // The size of the next down output, not just the double: odd sizes lose a row on the way down.
            Shape next = skips.element().getShape();
            h = blocks.run(
                    in -> Layers.conv(
                            p.scope("upsamplers.0.conv"), Ops.upsampleNearest(in.get(0), next.get(2), next.get(3))),
                    h);
        }
        return h;
    }
}
