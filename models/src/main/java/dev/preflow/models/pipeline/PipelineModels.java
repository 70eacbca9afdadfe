package dev.preflow.models.pipeline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.scheduler.SchedulerConfig;
import dev.preflow.models.tensor.Execution;
import dev.preflow.models.tensor.Ops;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.unet.Conditioning;
import dev.preflow.models.unet.MicroConditioning;
import dev.preflow.models.unet.UNet2DConditionModel;
import dev.preflow.models.unet.UNetConfig;
import dev.preflow.models.vae.AutoencoderKL;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a latent diffusion pipeline without their weights. Immutable.
 *
 * <p>What alignment trains, the U-Net and the text encoders, is one map of parameters, the policy, under the prefixes
 * {@code unet}, {@code text_encoder} and, in SDXL, {@code text_encoder_2}. The autoencoder's parameters are a map of their own.
 *
 * @param unet the denoising network
 * @param prompts the text encoders with their tokenizers
 * @param vae the autoencoder
 * @param scheduler the diffusion process and the default sampler
 */
public record PipelineModels(
        UNet2DConditionModel unet, PromptEncoder prompts, AutoencoderKL vae, SchedulerConfig scheduler) {

    /** The prefix of the U-Net's parameters in a policy. */
    public static final String UNET = "unet";

    /** What diffusers tells the refiner of the image it shall draw, and of the one that guidance leads away from. */
    private static final double AESTHETIC_SCORE = 6;

    private static final double NEGATIVE_AESTHETIC_SCORE = 2.5;

    /** Checks that the parts fit together. */
    public PipelineModels {
        UNetConfig config = unet.config();
        require(config.crossAttentionDim(), prompts.channels(), "cross_attention_dim");
        require(config.inChannels(), vae.config().latentChannels(), "latent channels");
        if (config.addsTextAndTime() != prompts.pools()) {
            throw new IllegalArgumentException("A U-Net of addition_embed_type " + config.additionEmbedType()
                    + " does not go with text encoders of which the last "
                    + (prompts.pools() ? "projects" : "does not project"));
        }
        if (config.addsTextAndTime()) {
            int told = prompts.onlySecond() ? MicroConditioning.SCORED_COUNT : MicroConditioning.COUNT;
            require(
                    config.projectionClassEmbeddingsInputDim(),
                    prompts.pooledChannels() + told * config.additionTimeEmbedDim(),
                    "projection_class_embeddings_input_dim");
        }
    }

    private static void require(int unet, int other, String what) {
        if (unet != other) {
            throw new IllegalArgumentException("The U-Net's " + what + " is " + unet + ", its counterpart's " + other);
        }
    }

    /** The same parts with another scheduler. */
    public PipelineModels with(SchedulerConfig other) {
        return new PipelineModels(unet, prompts, vae, other);
    }

    /** A policy with random weights below {@code parent}. */
    public Parameters initPolicy(NDManager parent, long seed) {
        Parameters policy = new Parameters(parent);
        unet.init(policy.scope(UNET), seed);
        prompts.init(policy, seed + 1);
        return policy;
    }

    /** The names and shapes of a policy's parameters. */
    public NavigableMap<String, Shape> policyShapes() {
        NavigableMap<String, Shape> shapes = new TreeMap<>();
        unet.shapes().forEach((name, shape) -> shapes.put(UNET + "." + name, shape));
        prompts.shapes().forEach(shapes::put);
        return shapes;
    }

    /** An autoencoder with random weights below {@code parent}. */
    public Parameters initVae(NDManager parent, long seed) {
        Parameters parameters = new Parameters(parent);
        vae.init(parameters.root(), seed);
        return parameters;
    }

    /** The shape of one latent, C×H×W. */
    public Shape latentShape() {
        return latentShape(ownSize());
    }

    /**
     * The shape of the latent of an image, C×H×W.
     *
     * @throws IllegalArgumentException naming the nearest size, if the autoencoder cannot make images of this one
     */
    public Shape latentShape(ImageSize size) {
        int factor = vae.config().downsampling();
        if (size.width() % factor != 0 || size.height() % factor != 0) {
            throw new IllegalArgumentException("This model cannot draw images of " + size
                    + ": width and height must be multiples of " + factor + "; the nearest is "
                    + size.nearestMultiple(factor));
        }
        return new Shape(unet.config().inChannels(), size.height() / factor, size.width() / factor);
    }

    /** The size of the images that the U-Net was trained to draw. */
    public ImageSize ownSize() {
        int side = unet.config().sampleSize() * vae.config().downsampling();
        return new ImageSize(side, side);
    }

    /** Height and width of the images that the U-Net was trained to draw: SDXL is told of them. */
    public MicroConditioning nativeSize() {
        return told(ownSize(), null, false);
    }

    /** Whether these are SDXL's refiner, which draws on from an image and is told how beautiful it shall be. */
    public boolean refines() {
        return prompts.onlySecond();
    }

    /**
     * Checks that these draw from noise, as training needs it.
     *
     * @throws IllegalArgumentException if they are SDXL's refiner
     */
    public void requireDrawsFromNoise() {
        if (refines()) {
            throw new IllegalArgumentException(
                    "This model is SDXL's refiner, which draws on from an image: give it one to"
                            + " start from, or take SDXL's base to draw from noise and to train");
        }
    }

    /**
     * What the network is told of an image.
     *
     * @param drawn its size
     * @param framing how it shall look framed, or null for the plain truth
     * @param negative whether it is told what guidance leads away from: the refiner is told of a plain image then
     * @throws IllegalArgumentException if there is a framing of which the network cannot be told
     */
    MicroConditioning told(ImageSize drawn, @Nullable Framing framing, boolean negative) {
        if (framing != null) {
            requireFraming(framing);
        }
        Framing given = framing == null ? Framing.NONE : framing;
        if (!refines()) {
            return given.of(drawn);
        }
        return negative
                ? given.uncropped().of(drawn).scored(NEGATIVE_AESTHETIC_SCORE)
                : given.of(drawn).scored(AESTHETIC_SCORE);
    }

    private void requireFraming(Framing framing) {
        if (!unet.config().addsTextAndTime()) {
            throw new IllegalArgumentException("Only SDXL is told of an image's original size, crop and target size,"
                    + " and this model is none: leave them out");
        }
        if (refines() && framing.targetSize() != null) {
            throw new IllegalArgumentException(
                    "SDXL's refiner is not told of a target size but of an aesthetic score: leave the target size out");
        }
    }

    /** What prompts condition an image of the native size on; see the other form. */
    public Conditioning encodePrompts(Parameters policy, NDManager manager, List<@Nullable String> prompts) {
        return encodePrompts(policy, manager, prompts, nativeSize());
    }

    /**
     * What prompts condition the U-Net on. Equal prompts are encoded once.
     *
     * @param manager the result attaches to it
     * @param prompts a null one is absent: the empty text, or all zeros where the pipeline says so
     * @param image what to tell SDXL of every image
     */
    public Conditioning encodePrompts(
            Parameters policy, NDManager manager, List<@Nullable String> prompts, MicroConditioning image) {
        return encodePrompts(policy, manager, prompts, Collections.nCopies(prompts.size(), image));
    }

    /**
     * The same where the images differ.
     *
     * @param images what to tell SDXL of each prompt's image
     */
    public Conditioning encodePrompts(
            Parameters policy, NDManager manager, List<@Nullable String> prompts, List<MicroConditioning> images) {
        return this.prompts.encode(policy, manager, prompts, images);
    }

    /** The U-Net's prediction for latents N×C×H×W, with one training timestep and one text each. */
    public NDArray predict(Parameters policy, NDArray latents, int[] timesteps, Conditioning text) {
        return predict(
                policy, latents, Arrays.stream(timesteps).asDoubleStream().toArray(), text);
    }

    /** The same at times that need not be whole. */
    public NDArray predict(Parameters policy, NDArray latents, double[] timesteps, Conditioning text) {
        return predict(policy, latents, timesteps, text, new float[0], Execution.SCOPED);
    }

    /**
     * The prediction of which the first samples are guided (Ho and Salimans 2022): led on from what the U-Net says for another
     * text, the empty one or a negative prompt, past what it says for their own.
     *
     * @param timesteps one for each sample; they need not be whole
     * @param text what the guided samples are led away from, one for each of them, and then every sample's own
     * @param scales guidance scales of the first samples; none for those behind them
     * @param blocks how the network's blocks are run
     */
    public NDArray predict(
            Parameters policy,
            NDArray latents,
            double[] timesteps,
            Conditioning text,
            float[] scales,
            Execution blocks) {
        int guided = scales.length;
        int count = timesteps.length;
        if (guided == 0) {
            return unet.forward(policy.scope(UNET), latents, timesteps, text, blocks);
        }
        double[] times = Arrays.copyOf(timesteps, guided + count);
        System.arraycopy(timesteps, 0, times, guided, count);
        NDArray all =
                unet.forward(policy.scope(UNET), latents.get(":" + guided).concat(latents, 0), times, text, blocks);
        NDArray other = all.get(":" + guided);
        NDArray own = all.get(guided + ":" + 2 * guided);
        NDArray scale = latents.getManager().create(scales, new Shape(guided, 1, 1, 1));
        NDArray led = other.add(own.sub(other).mul(scale));
        return guided == count ? led : led.concat(all.get(2 * guided + ":"), 0);
    }

    /**
     * The latents of images as the U-Net sees them: the mean of the encoder's distribution, scaled.
     *
     * @param images N×3×H×W in [-1, 1]
     */
    public NDArray encodeImages(Parameters vaeParameters, NDArray images) {
        return Ops.scale(
                vae.encode(vaeParameters.root(), images).mean(), vae.config().scalingFactor());
    }

    /**
     * The latents of images as the U-Net sees them: drawn from the encoder's distribution, scaled.
     *
     * @param images N×3×H×W in [-1, 1]
     * @param noise standard normal, in the latents' shape
     */
    public NDArray encodeImages(Parameters vaeParameters, NDArray images, NDArray noise) {
        return Ops.scale(
                vae.encode(vaeParameters.root(), images).sample(noise),
                vae.config().scalingFactor());
    }

    /**
     * The images of the U-Net's latents.
     *
     * @return N×3×H×W in [0, 1]; gradients flow through, except where values are clipped
     */
    public NDArray decodeLatents(Parameters vaeParameters, NDArray latents) {
        NDArray decoded = vae.decode(
                vaeParameters.root(), Ops.scale(latents, 1 / vae.config().scalingFactor()));
        return Ops.clamp(Ops.scale(decoded, 0.5).add(0.5), 0, 1);
    }
}
