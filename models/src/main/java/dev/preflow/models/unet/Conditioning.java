package dev.preflow.models.unet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.jspecify.annotations.Nullable;

/**
 * What a U-Net is conditioned on beside the timestep.
 *
 * @param states hidden states of the text, N×L×crossAttentionDim, that the transformers attend to
 * @param addition what is added to the time embedding, or null where the network's {@code addition_embed_type} is none
 */
public record Conditioning(NDArray states, @Nullable Addition addition) {

    /**
     * diffusers' {@code text_time}.
     *
     * @param pooled one vector per text, N×P
     * @param timeIds as many numbers for each sample, one sample after the other
     */
    public record Addition(NDArray pooled, double[] timeIds) {}

    /** Only hidden states, as Stable Diffusion 1.x and 2.x have. */
    public static Conditioning of(NDArray states) {
        return new Conditioning(states, null);
    }

    /** Views in a manager: what is computed from the arrays would otherwise gather in theirs. */
    Conditioning viewedIn(NDManager manager) {
        return new Conditioning(
                view(states, manager),
                addition == null ? null : new Addition(view(addition.pooled, manager), addition.timeIds));
    }

    private static NDArray view(NDArray array, NDManager manager) {
        NDArray view = array.reshape(array.getShape());
        view.attach(manager);
        return view;
    }
}
