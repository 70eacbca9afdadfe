package dev.preflow.models.vae;

import ai.djl.ndarray.types.DataType;
import dev.preflow.models.nn.ConfigJson;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The config of diffusers' {@code AutoencoderKL}.
 *
 * @param sampleSize height and width of the images that it was trained on
 * @param inChannels channels of the images
 * @param outChannels channels of the reconstructions
 * @param downBlockTypes {@code DownEncoderBlock2D} for each level
 * @param upBlockTypes {@code UpDecoderBlock2D} for each level
 * @param blockOutChannels channels of each level, from the finest resolution
 * @param layersPerBlock residual blocks per encoder level; decoder levels have one more
 * @param latentChannels channels of the latents
 * @param normNumGroups groups of the normalisations
 * @param scalingFactor by which latents are multiplied so that the diffusion model sees unit variance
 * @param midBlockAddAttention whether the middle blocks attend
 * @param useQuantConv whether a 1×1 convolution follows the encoder
 * @param usePostQuantConv whether a 1×1 convolution precedes the decoder
 * @param forceUpcast whether the autoencoder overflows in float16 and so must run in float32
 */
public record VaeConfig(
        int sampleSize,
        @Nullable Integer inChannels,
        @Nullable Integer outChannels,
        List<String> downBlockTypes,
        List<String> upBlockTypes,
        List<Integer> blockOutChannels,
        @Nullable Integer layersPerBlock,
        @Nullable Integer latentChannels,
        @Nullable Integer normNumGroups,
        @Nullable Double scalingFactor,
        @Nullable Boolean midBlockAddAttention,
        @Nullable Boolean useQuantConv,
        @Nullable Boolean usePostQuantConv,
        @Nullable Boolean forceUpcast) {

    private static final String DOWN = "DownEncoderBlock2D";
    private static final String UP = "UpDecoderBlock2D";
    private static final Map<String, ?> ONLY = Map.of(
            "_class_name",
            "AutoencoderKL",
            "act_fn",
            "silu",
            "shift_factor",
            0.0,
            "latents_mean",
            ConfigJson.ABSENT,
            "latents_std",
            ConfigJson.ABSENT);

    /** Fills in diffusers' defaults and checks that the lists fit together. */
    public VaeConfig {
        inChannels = ConfigJson.orElse(inChannels, 3);
        outChannels = ConfigJson.orElse(outChannels, 3);
        layersPerBlock = ConfigJson.orElse(layersPerBlock, 1);
        latentChannels = ConfigJson.orElse(latentChannels, 4);
        normNumGroups = ConfigJson.orElse(normNumGroups, 32);
        scalingFactor = ConfigJson.orElse(scalingFactor, 0.18215);
        midBlockAddAttention = ConfigJson.orElse(midBlockAddAttention, true);
        useQuantConv = ConfigJson.orElse(useQuantConv, true);
        usePostQuantConv = ConfigJson.orElse(usePostQuantConv, true);
        forceUpcast = ConfigJson.orElse(forceUpcast, true);
        blockOutChannels = List.copyOf(ConfigJson.require(blockOutChannels, "block_out_channels"));
        downBlockTypes = List.copyOf(ConfigJson.require(downBlockTypes, "down_block_types"));
        upBlockTypes = List.copyOf(ConfigJson.require(upBlockTypes, "up_block_types"));
        int levels = blockOutChannels.size();
        if (!downBlockTypes.equals(Collections.nCopies(levels, DOWN))
                || !upBlockTypes.equals(Collections.nCopies(levels, UP))) {
            throw new IllegalArgumentException(
                    "An autoencoder of " + levels + " block_out_channels has down_block_types "
                            + downBlockTypes + " and up_block_types " + upBlockTypes + ": only " + DOWN + " and " + UP
                            + ", one per level, are supported");
        }
    }

    /** An autoencoder of these sizes with diffusers' defaults for all else. */
    public static VaeConfig of(
            int sampleSize, List<Integer> blockOutChannels, int layersPerBlock, int latentChannels, int groups) {
        int levels = blockOutChannels.size();
        return new VaeConfig(
                sampleSize,
                null,
                null,
                Collections.nCopies(levels, DOWN),
                Collections.nCopies(levels, UP),
                blockOutChannels,
                layersPerBlock,
                latentChannels,
                groups,
                null,
                null,
                null,
                null,
                null);
    }

    /** The same sizes with another scaling factor, which is measured once the autoencoder has been trained. */
    public VaeConfig withScalingFactor(double factor) {
        return new VaeConfig(
                sampleSize,
                inChannels,
                outChannels,
                downBlockTypes,
                upBlockTypes,
                blockOutChannels,
                layersPerBlock,
                latentChannels,
                normNumGroups,
                factor,
                midBlockAddAttention,
                useQuantConv,
                usePostQuantConv,
                forceUpcast);
    }

    /** The same sizes with or without attention in the middle. */
    public VaeConfig withMidAttention(boolean attention) {
        return new VaeConfig(
                sampleSize,
                inChannels,
                outChannels,
                downBlockTypes,
                upBlockTypes,
                blockOutChannels,
                layersPerBlock,
                latentChannels,
                normNumGroups,
                scalingFactor,
                attention,
                useQuantConv,
                usePostQuantConv,
                forceUpcast);
    }

    /** The type of the weights where others have a type: float32 if the autoencoder overflows in less. */
    public DataType weights(DataType others) {
        return forceUpcast ? DataType.FLOAT32 : others;
    }

    /** How many image pixels one latent pixel spans in each direction. */
    public int downsampling() {
        return 1 << (blockOutChannels.size() - 1);
    }

    /** Reads {@code config.json}. */
    public static VaeConfig read(Path file) {
        return ConfigJson.read(file, VaeConfig.class, ONLY);
    }

    /** Writes {@code config.json} in the form that diffusers loads. */
    public void write(Path file) {
        ConfigJson.write(file, this, ConfigJson.diffusers("AutoencoderKL"));
    }
}
