package dev.preflow.models.unet;

import ai.djl.ndarray.NDArray;
import dev.preflow.models.nn.Initializer;
import dev.preflow.models.nn.Layers;
import dev.preflow.models.tensor.Execution;
import dev.preflow.models.tensor.Scope;
import java.util.Deque;
import java.util.List;

/**
 * diffusers' {@code DownBlock2D} and {@code CrossAttnDownBlock2D}.
 *
 * @param stages its layers
 * @param channels of its output
 * @param downsamples whether it ends by halving the resolution
 */
record DownBlock(List<Stage> stages, int channels, boolean downsamples) {

    void initialize(Initializer init, Scope p) {
        for (int i = 0; i < stages.size(); i++) {
            stages.get(i).initialize(init, p, i);
        }
        if (downsamples) {
            init.conv(p.scope("downsamplers.0.conv"), channels, channels, 3, 1);
        }
    }

    /** Pushes every layer's output for the up blocks. */
    NDArray forward(Scope p, NDArray x, NDArray time, NDArray context, Deque<NDArray> skips, Execution blocks) {
        NDArray h = x;
        for (int i = 0; i < stages.size(); i++) {
            h = stages.get(i).forward(p, i, h, time, context, blocks);
            skips.push(h);
        }
        if (downsamples) {
            h = blocks.run(in -> Layers.conv(p.scope("downsamplers.0.conv"), in.get(0), 2, 1), h);
            skips.push(h);
        }
        return h;
    }
}
