package dev.preflow.models.vae;

import ai.djl.ndarray.NDArray;
import dev.preflow.models.tensor.Ops;

/**
 * The diagonal Gaussian over latents that the encoder gives for images, before scaling.
 *
 * @param mean N×C×h×w
 * @param logVariance in the same shape, within [-30, 20]
 */
public record LatentDistribution(NDArray mean, NDArray logVariance) {

    /** A sample, by standard normal noise in the same shape; gradients flow to both parameters. */
    public NDArray sample(NDArray noise) {
        return mean.add(Ops.scale(logVariance, 0.5).exp().mul(noise));
    }

    /** The divergence from a standard normal, averaged over all dimensions (Kingma and Welling 2014, appendix B). */
    public NDArray divergence() {
        NDArray twice = mean.square().add(logVariance.exp()).sub(logVariance).sub(1);
        return Ops.scale(twice.mean(), 0.5);
    }
}
