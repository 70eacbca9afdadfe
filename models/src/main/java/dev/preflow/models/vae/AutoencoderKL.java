package dev.preflow.models.vae;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import dev.preflow.models.nn.Initializer;
import dev.preflow.models.nn.Layers;
import dev.preflow.models.tensor.Ops;
import dev.preflow.models.tensor.Scope;

/**
 * The autoencoder of latent diffusion (Rombach et al. 2022), with diffusers' parameter names.
 *
 * @param config sizes
 */
public record AutoencoderKL(VaeConfig config) {

    private static final double LOWEST_LOG_VARIANCE = -30;
    private static final double HIGHEST_LOG_VARIANCE = 20;

    /** Adds new parameters. */
    public void init(Scope p, long seed) {
        Initializer init = new Initializer(p, seed);
        int latent = config.latentChannels();
        new Encoder(config).initialize(init, p.scope("encoder"));
        new Decoder(config).initialize(init, p.scope("decoder"));
        if (config.useQuantConv()) {
            init.conv(p.scope("quant_conv"), 2 * latent, 2 * latent, 1, 1);
        }
        if (config.usePostQuantConv()) {
            init.conv(p.scope("post_quant_conv"), latent, latent, 1, 1);
        }
    }

    /**
     * The distribution of the latents, before multiplication by the scaling factor.
     *
     * @param images N×3×H×W in [-1, 1], H and W multiples of the downsampling
     */
    public LatentDistribution encode(Scope p, NDArray images) {
        NDArray moments = new Encoder(config).forward(p.scope("encoder"), images);
        if (config.useQuantConv()) {
            moments = Layers.conv(p.scope("quant_conv"), moments);
        }
        int latent = config.latentChannels();
        NDArray mean = moments.get(new NDIndex(":, :{}", latent));
        NDArray logVariance = moments.get(new NDIndex(":, {}:", latent));
        return new LatentDistribution(mean, Ops.clamp(logVariance, LOWEST_LOG_VARIANCE, HIGHEST_LOG_VARIANCE));
    }

    /**
     * The images of latents that have been divided by the scaling factor.
     *
     * @param latents N×C×h×w
     * @return N×3×H×W, about [-1, 1]
     */
    public NDArray decode(Scope p, NDArray latents) {
        NDArray h = config.usePostQuantConv() ? Layers.conv(p.scope("post_quant_conv"), latents) : latents;
        return new Decoder(config).forward(p.scope("decoder"), h);
    }
}
