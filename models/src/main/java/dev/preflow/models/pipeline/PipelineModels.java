package dev.preflow.models.pipeline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.scheduler.SchedulerConfig;
import dev.preflow.models.tensor.Ops;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.text.ClipTextEncoder;
import dev.preflow.models.tokenizer.ClipTokenizer;
import dev.preflow.models.unet.UNet2DConditionModel;
import dev.preflow.models.vae.AutoencoderKL;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * The parts of a latent diffusion pipeline without their weights. Immutable.
 *
 * <p>What alignment trains, the U-Net and the text encoder, is one map of parameters, the policy, under the prefixes
 * {@code unet} and {@code text_encoder}. The autoencoder's parameters are a map of their own.
 *
 * @param unet the denoising network
 * @param textEncoder the text encoder
 * @param vae the autoencoder
 * @param tokenizer the text encoder's tokenizer
 * @param scheduler the diffusion process and the default sampler
 */
public record PipelineModels(
        UNet2DConditionModel unet,
        ClipTextEncoder textEncoder,
        AutoencoderKL vae,
        ClipTokenizer tokenizer,
        SchedulerConfig scheduler) {

    /** The prefix of the U-Net's parameters in a policy. */
    public static final String UNET = "unet";

    /** The prefix of the text encoder's parameters in a policy. */
    public static final String TEXT_ENCODER = "text_encoder";

    /** Checks that the parts fit together. */
    public PipelineModels {
        require(unet.config().crossAttentionDim(), textEncoder.config().hiddenSize(), "channels of the text's states");
        require(unet.config().inChannels(), vae.config().latentChannels(), "latent channels");
        if (tokenizer.vocabularySize() > textEncoder.config().vocabSize()) {
            throw new IllegalArgumentException("The tokenizer has " + tokenizer.vocabularySize()
                    + " tokens, the text encoder only " + textEncoder.config().vocabSize());
        }
    }

    private static void require(int unet, int other, String what) {
        if (unet != other) {
            throw new IllegalArgumentException("The U-Net has " + unet + " " + what + ", its counterpart " + other);
        }
    }

    /** A policy with random weights below {@code parent}. */
    public Parameters initPolicy(NDManager parent, long seed) {
        Parameters policy = new Parameters(parent);
        unet.init(policy.scope(UNET), seed);
        textEncoder.init(policy.scope(TEXT_ENCODER), seed + 1);
        return policy;
    }

    /** An autoencoder with random weights below {@code parent}. */
    public Parameters initVae(NDManager parent, long seed) {
        Parameters parameters = new Parameters(parent);
        vae.init(parameters.root(), seed);
        return parameters;
    }

    /** The shape of one latent, C×H×W. */
    public Shape latentShape() {
        long size = unet.config().sampleSize();
        return new Shape(unet.config().inChannels(), size, size);
    }

    /**
     * The text encoder's hidden states of prompts. Equal prompts are encoded once.
     *
     * @param manager the result attaches to it
     * @return N×L×C
     */
    public NDArray encodePrompts(Parameters policy, NDManager manager, List<String> prompts) {
        List<String> distinct = List.copyOf(new LinkedHashSet<>(prompts));
        int length = tokenizer.maxLength();
        long[] ids = new long[distinct.size() * length];
        for (int i = 0; i < distinct.size(); i++) {
            int[] encoded = tokenizer.encode(distinct.get(i));
            for (int j = 0; j < length; j++) {
                ids[i * length + j] = encoded[j];
            }
        }
        NDArray tokens = manager.create(ids, new Shape(distinct.size(), length));
        NDArray states = textEncoder.forward(policy.scope(TEXT_ENCODER), tokens);
        if (distinct.size() == prompts.size()) {
            return states;
        }
        return Ops.rows(states, prompts.stream().mapToLong(distinct::indexOf).toArray());
    }

    /** The U-Net's prediction for latents N×C×H×W, with one training timestep and one context each. */
    public NDArray predict(Parameters policy, NDArray latents, int[] timesteps, NDArray context) {
        return predict(
                policy, latents, Arrays.stream(timesteps).asDoubleStream().toArray(), context);
    }

    /** The same at times that need not be whole. */
    public NDArray predict(Parameters policy, NDArray latents, double[] timesteps, NDArray context) {
        return unet.forward(policy.scope(UNET), latents, timesteps, context);
    }

    /**
     * The latents of images as the U-Net sees them: the mean of the encoder's distribution, scaled.
     *
     * @param images N×3×H×W in [-1, 1]
     */
    public NDArray encodeImages(Parameters vaeParameters, NDArray images) {
        return vae.encode(vaeParameters.root(), images).mean().mul(vae.config().scalingFactor());
    }

    /**
     * The images of the U-Net's latents.
     *
     * @return N×3×H×W in [0, 1]; gradients flow through, except where values are clipped
     */
    public NDArray decodeLatents(Parameters vaeParameters, NDArray latents) {
        NDArray decoded =
                vae.decode(vaeParameters.root(), latents.div(vae.config().scalingFactor()));
        return Ops.clamp(decoded.mul(0.5).add(0.5), 0, 1);
    }
}
