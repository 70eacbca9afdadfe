package dev.preflow.models.vae;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.nn.Initializer;
import dev.preflow.models.nn.Layers;
import dev.preflow.models.tensor.Execution;
import dev.preflow.models.tensor.Ops;
import dev.preflow.models.tensor.Scope;
import java.util.NavigableMap;
import java.util.function.UnaryOperator;

/**
 * The autoencoder of latent diffusion (Rombach et al. 2022), with diffusers' parameter names.
 *
 * @param config sizes
 */
public record AutoencoderKL(VaeConfig config) {

    /** Up to here, SDXL's own size, an image is mapped whole; beyond, memory is bounded by tiles. */
    private static final long WHOLE_PIXELS = 1024 * 1024;

    /** How many pixels of a batch are mapped at once: one image of 512×512. */
    private static final long SLICE_PIXELS = 512 * 512;

    private static final double LOWEST_LOG_VARIANCE = -30;
    private static final double HIGHEST_LOG_VARIANCE = 20;

    /** Adds new parameters. */
    public void init(Scope p, long seed) {
        initialize(new Initializer(seed), p);
    }

    /** The names and shapes of the parameters. */
    public NavigableMap<String, Shape> shapes() {
        return Initializer.shapes(this::initialize);
    }

    private void initialize(Initializer init, Scope p) {
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
     * The distribution of the latents, before multiplication by the scaling factor. Large images are encoded in tiles.
     *
     * @param images N×3×H×W in [-1, 1], H and W multiples of the downsampling
     */
    public LatentDistribution encode(Scope p, NDArray images) {
        NDArray moments = inSlices(
                images,
                1,
                slice -> pixels(slice, 1) > WHOLE_PIXELS
                        ? encoding().map(slice, tile -> moments(p, tile))
                        : moments(p, slice));
        int latent = config.latentChannels();
        NDArray mean = moments.get(new NDIndex(":, :{}", latent));
        NDArray logVariance = moments.get(new NDIndex(":, {}:", latent));
        return new LatentDistribution(mean, Ops.clamp(logVariance, LOWEST_LOG_VARIANCE, HIGHEST_LOG_VARIANCE));
    }

    /** Computed in the weights' type, given in the images'. */
    NDArray moments(Scope p, NDArray images) {
        NDArray moments = new Encoder(config)
                .forward(
                        p.scope("encoder"),
                        Ops.cast(images, p.get("encoder.conv_in.weight").getDataType()));
        if (config.useQuantConv()) {
            moments = Layers.conv(p.scope("quant_conv"), moments);
        }
        return Ops.cast(moments, images.getDataType());
    }

    /**
     * The images of latents that have been divided by the scaling factor. Many are decoded a few at a time, large ones in
     * tiles.
     *
     * @param latents N×C×h×w
     * @return N×3×H×W, about [-1, 1]
     */
    public NDArray decode(Scope p, NDArray latents) {
        int scale = config.downsampling();
        return inSlices(
                latents,
                scale,
                slice -> pixels(slice, scale) > WHOLE_PIXELS
                        ? decoding().map(slice, tile -> images(p, tile))
                        : images(p, slice));
    }

    /** Computed in the weights' type, given in the latents'. */
    NDArray images(Scope p, NDArray latents) {
        NDArray h = Ops.cast(latents, p.get("decoder.conv_in.weight").getDataType());
        if (config.usePostQuantConv()) {
            h = Layers.conv(p.scope("post_quant_conv"), h);
        }
        return Ops.cast(new Decoder(config).forward(p.scope("decoder"), h), latents.getDataType());
    }

    /** Tiles of images, as large as what the autoencoder was trained on. */
    Tiling encoding() {
        return new Tiling(config.sampleSize(), config.sampleSize() / config.downsampling());
    }

    /** Tiles of latents, of the same size. */
    Tiling decoding() {
        return new Tiling(config.sampleSize() / config.downsampling(), config.sampleSize());
    }

    /** As many samples at a time as make {@link #SLICE_PIXELS}, but at least one. */
    private static NDArray inSlices(NDArray batch, int scale, UnaryOperator<NDArray> network) {
        long count = batch.getShape().get(0);
        long size = Math.max(1, SLICE_PIXELS / pixels(batch, scale));
        if (size >= count) {
            return network.apply(batch);
        }
        NDList slices = new NDList();
        for (long from = 0; from < count; from += size) {
            NDArray slice = batch.get(new NDIndex("{}:{}", from, Math.min(count, from + size)));
            slices.add(Execution.SCOPED.run(in -> network.apply(in.get(0)), slice));
        }
        return NDArrays.concat(slices, 0);
    }

    private static long pixels(NDArray array, int scale) {
        return array.getShape().get(2) * array.getShape().get(3) * scale * scale;
    }
}
