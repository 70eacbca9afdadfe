package dev.preflow.models.unet;

import dev.preflow.models.nn.ConfigJson;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The config of diffusers' {@code UNet2DConditionModel}, as far as the Stable Diffusion 1.x and 2.x families use it.
 *
 * @param sampleSize height and width of the latents that the network was trained on
 * @param inChannels channels of the latents
 * @param outChannels channels of the prediction
 * @param downBlockTypes {@code CrossAttnDownBlock2D} or {@code DownBlock2D}, from the finest resolution
 * @param upBlockTypes {@code UpBlock2D} or {@code CrossAttnUpBlock2D}, from the coarsest resolution
 * @param blockOutChannels channels of each down block
 * @param layersPerBlock residual blocks per down block; up blocks have one more
 * @param attentionHeadDim in spite of its name the NUMBER of heads of each down block; one number stands for all
 * @param crossAttentionDim channels of the text encoder's hidden states
 * @param normNumGroups groups of the normalisations
 * @param normEps epsilon of the residual blocks' normalisations
 * @param useLinearProjection whether transformers are entered and left by linear maps instead of 1×1 convolutions
 * @param flipSinToCos whether the time embedding has cosines first
 * @param freqShift shift of the time embedding's frequency scale
 */
public record UNetConfig(
        int sampleSize,
        @Nullable Integer inChannels,
        @Nullable Integer outChannels,
        List<String> downBlockTypes,
        List<String> upBlockTypes,
        List<Integer> blockOutChannels,
        @Nullable Integer layersPerBlock,
        @Nullable List<Integer> attentionHeadDim,
        int crossAttentionDim,
        @Nullable Integer normNumGroups,
        @Nullable Double normEps,
        @Nullable Boolean useLinearProjection,
        @Nullable Boolean flipSinToCos,
        int freqShift) {

    static final String DOWN = "DownBlock2D";
    static final String CROSS_DOWN = "CrossAttnDownBlock2D";
    static final String UP = "UpBlock2D";
    static final String CROSS_UP = "CrossAttnUpBlock2D";

    private static final Map<String, ?> ONLY = Map.ofEntries(
            Map.entry("_class_name", "UNet2DConditionModel"),
            Map.entry("mid_block_type", "UNetMidBlock2DCrossAttn"),
            Map.entry("act_fn", "silu"),
            Map.entry("resnet_time_scale_shift", "default"),
            Map.entry("time_embedding_type", "positional"),
            Map.entry("transformer_layers_per_block", 1),
            Map.entry("downsample_padding", 1),
            Map.entry("mid_block_scale_factor", 1),
            Map.entry("conv_in_kernel", 3),
            Map.entry("conv_out_kernel", 3),
            Map.entry("dual_cross_attention", false),
            Map.entry("only_cross_attention", false),
            Map.entry("class_embeddings_concat", false),
            Map.entry("center_input_sample", false),
            Map.entry("class_embed_type", ConfigJson.ABSENT),
            Map.entry("addition_embed_type", ConfigJson.ABSENT),
            Map.entry("encoder_hid_dim_type", ConfigJson.ABSENT),
            Map.entry("num_class_embeds", ConfigJson.ABSENT),
            Map.entry("timestep_post_act", ConfigJson.ABSENT),
            Map.entry("time_cond_proj_dim", ConfigJson.ABSENT));

    /** Fills in diffusers' defaults and checks that the lists fit together. */
    public UNetConfig {
        inChannels = ConfigJson.orElse(inChannels, 4);
        outChannels = ConfigJson.orElse(outChannels, 4);
        layersPerBlock = ConfigJson.orElse(layersPerBlock, 2);
        normNumGroups = ConfigJson.orElse(normNumGroups, 32);
        normEps = ConfigJson.orElse(normEps, 1e-5);
        useLinearProjection = ConfigJson.orElse(useLinearProjection, false);
        flipSinToCos = ConfigJson.orElse(flipSinToCos, true);
        downBlockTypes = List.copyOf(ConfigJson.require(downBlockTypes, "down_block_types"));
        upBlockTypes = List.copyOf(ConfigJson.require(upBlockTypes, "up_block_types"));
        blockOutChannels = List.copyOf(ConfigJson.require(blockOutChannels, "block_out_channels"));
        if (sampleSize < 1 || crossAttentionDim < 1) {
            throw new IllegalArgumentException("sample_size " + sampleSize + " and cross_attention_dim "
                    + crossAttentionDim + " must be given and positive");
        }
        int blocks = blockOutChannels.size();
        List<Integer> heads = ConfigJson.orElse(attentionHeadDim, List.of(8));
        attentionHeadDim = heads.size() == 1 ? Collections.nCopies(blocks, heads.get(0)) : List.copyOf(heads);
        if (downBlockTypes.size() != blocks || upBlockTypes.size() != blocks || attentionHeadDim.size() != blocks) {
            throw new IllegalArgumentException("A U-Net of " + blocks + " block_out_channels has down_block_types "
                    + downBlockTypes + ", up_block_types " + upBlockTypes + " and attention_head_dim "
                    + attentionHeadDim + ": their numbers must be equal");
        }
        requireKnown("down_block_types", downBlockTypes, DOWN, CROSS_DOWN);
        requireKnown("up_block_types", upBlockTypes, UP, CROSS_UP);
        for (int channels : blockOutChannels) {
            if (channels % normNumGroups != 0) {
                throw new IllegalArgumentException("block_out_channels " + blockOutChannels
                        + " are not multiples of norm_num_groups " + normNumGroups);
            }
        }
    }

    private static void requireKnown(String option, List<String> types, String... known) {
        if (!List.of(known).containsAll(types)) {
            throw new IllegalArgumentException(option + " " + types + ": only " + List.of(known) + " are supported");
        }
    }

    /** Channels of the time embedding. */
    public int timeChannels() {
        return 4 * blockOutChannels.get(0);
    }

    /** Reads {@code config.json}. */
    public static UNetConfig read(Path file) {
        return ConfigJson.read(file, UNetConfig.class, ONLY);
    }

    /** Writes {@code config.json} in the form that diffusers loads. */
    public void write(Path file) {
        ConfigJson.write(file, this, ConfigJson.diffusers("UNet2DConditionModel"));
    }
}
