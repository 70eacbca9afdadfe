package dev.preflow.models.unet;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import dev.preflow.models.nn.ConfigJson;
import dev.preflow.models.nn.EqualNumbers;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The config of diffusers' {@code UNet2DConditionModel}, as far as Stable Diffusion 1.x, 2.x and SDXL use it.
 *
 * @param sampleSize height and width of the latents that the network was trained on
 * @param inChannels channels of the latents
 * @param outChannels channels of the prediction
 * @param downBlockTypes {@code CrossAttnDownBlock2D} or {@code DownBlock2D}, from the finest resolution
 * @param upBlockTypes {@code UpBlock2D} or {@code CrossAttnUpBlock2D}, from the coarsest resolution
 * @param blockOutChannels channels of each down block
 * @param layersPerBlock residual blocks per down block; up blocks have one more
 * @param attentionHeadDim in spite of its name the NUMBER of heads of each down block; one number stands for all
 * @param transformerLayersPerBlock depth of each down block's transformers; one number stands for all. The middle has the
 *     last
 * @param crossAttentionDim channels of the text's hidden states
 * @param normNumGroups groups of the normalisations
 * @param normEps epsilon of the residual blocks' normalisations
 * @param useLinearProjection whether transformers are entered and left by linear maps instead of 1×1 convolutions
 * @param flipSinToCos whether the time embedding has cosines first
 * @param freqShift shift of the time embedding's frequency scale
 * @param upcastAttention whether attention must be computed in float32 even if the weights are float16
 * @param additionEmbedType {@code text_time} if pooled text and the image's sizes are added to the time embedding, or null
 * @param additionTimeEmbedDim sinusoids of each of those sizes
 * @param projectionClassEmbeddingsInputDim channels of pooled text and all those sinusoids together
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
        @Nullable List<Integer> transformerLayersPerBlock,
        @JsonDeserialize(using = EqualNumbers.class) int crossAttentionDim,
        @Nullable Integer normNumGroups,
        @Nullable Double normEps,
        @Nullable Boolean useLinearProjection,
        @Nullable Boolean flipSinToCos,
        int freqShift,
        @Nullable Boolean upcastAttention,
        @Nullable String additionEmbedType,
        @Nullable Integer additionTimeEmbedDim,
        @Nullable Integer projectionClassEmbeddingsInputDim) {

    static final String DOWN = "DownBlock2D";
    static final String CROSS_DOWN = "CrossAttnDownBlock2D";
    static final String UP = "UpBlock2D";
    static final String CROSS_UP = "CrossAttnUpBlock2D";
    private static final String TEXT_TIME = "text_time";

    private static final Map<String, ?> ONLY = Map.ofEntries(
            Map.entry("_class_name", "UNet2DConditionModel"),
            Map.entry("mid_block_type", "UNetMidBlock2DCrossAttn"),
            Map.entry("act_fn", "silu"),
            Map.entry("resnet_time_scale_shift", "default"),
            Map.entry("time_embedding_type", "positional"),
            Map.entry("downsample_padding", 1),
            Map.entry("mid_block_scale_factor", 1),
            Map.entry("conv_in_kernel", 3),
            Map.entry("conv_out_kernel", 3),
            Map.entry("dual_cross_attention", false),
            Map.entry("only_cross_attention", false),
            Map.entry("class_embeddings_concat", false),
            Map.entry("center_input_sample", false),
            Map.entry("class_embed_type", ConfigJson.ABSENT),
            Map.entry("encoder_hid_dim_type", ConfigJson.ABSENT),
            Map.entry("num_class_embeds", ConfigJson.ABSENT),
            Map.entry("timestep_post_act", ConfigJson.ABSENT),
            Map.entry("time_cond_proj_dim", ConfigJson.ABSENT),
            Map.entry("time_embedding_dim", ConfigJson.ABSENT),
            Map.entry("time_embedding_act_fn", ConfigJson.ABSENT),
            Map.entry("num_attention_heads", ConfigJson.ABSENT),
            Map.entry("cross_attention_norm", ConfigJson.ABSENT),
            Map.entry("mid_block_only_cross_attention", ConfigJson.ABSENT),
            Map.entry("reverse_transformer_layers_per_block", ConfigJson.ABSENT),
            Map.entry("resnet_skip_time_act", false),
            Map.entry("resnet_out_scale_factor", 1.0),
            Map.entry("attention_type", "default"));

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
        attentionHeadDim = perBlock(attentionHeadDim, 8, blocks);
        transformerLayersPerBlock = perBlock(transformerLayersPerBlock, 1, blocks);
        if (downBlockTypes.size() != blocks
                || upBlockTypes.size() != blocks
                || attentionHeadDim.size() != blocks
                || transformerLayersPerBlock.size() != blocks) {
            throw new IllegalArgumentException("A U-Net of " + blocks + " block_out_channels has down_block_types "
                    + downBlockTypes + ", up_block_types " + upBlockTypes + ", attention_head_dim " + attentionHeadDim
                    + " and transformer_layers_per_block " + transformerLayersPerBlock
                    + ": their numbers must be equal");
        }
        upcastAttention = ConfigJson.orElse(upcastAttention, false);
        requireAddition(additionEmbedType, additionTimeEmbedDim, projectionClassEmbeddingsInputDim);
        requireKnown("down_block_types", downBlockTypes, DOWN, CROSS_DOWN);
        requireKnown("up_block_types", upBlockTypes, UP, CROSS_UP);
        for (int channels : blockOutChannels) {
            if (channels % normNumGroups != 0) {
                throw new IllegalArgumentException("block_out_channels " + blockOutChannels
                        + " are not multiples of norm_num_groups " + normNumGroups);
            }
        }
    }

    private static List<Integer> perBlock(@Nullable List<Integer> values, int fallback, int blocks) {
        List<Integer> given = ConfigJson.orElse(values, List.of(fallback));
        return given.size() == 1 ? Collections.nCopies(blocks, given.get(0)) : List.copyOf(given);
    }

    private static void requireAddition(
            @Nullable String type, @Nullable Integer sinusoids, @Nullable Integer channels) {
        if (type == null) {
            return;
        }
        if (!type.equals(TEXT_TIME)) {
            throw new IllegalArgumentException("addition_embed_type " + type + ": only " + TEXT_TIME + " is supported");
        }
        ConfigJson.require(sinusoids, "addition_time_embed_dim");
        ConfigJson.require(channels, "projection_class_embeddings_input_dim");
    }

    private static void requireKnown(String option, List<String> types, String... known) {
        if (!List.of(known).containsAll(types)) {
            throw new IllegalArgumentException(option + " " + types + ": only " + List.of(known) + " are supported");
        }
    }

    /** A network of these sizes in the form of Stable Diffusion 1.x, with diffusers' defaults for all else. */
    public static UNetConfig of(
            int sampleSize,
            int latentChannels,
            List<String> downBlockTypes,
            List<String> upBlockTypes,
            List<Integer> blockOutChannels,
            int layersPerBlock,
            List<Integer> heads,
            int crossAttentionDim,
            int groups) {
        return new UNetConfig(
                sampleSize,
                latentChannels,
                latentChannels,
                downBlockTypes,
                upBlockTypes,
                blockOutChannels,
                layersPerBlock,
                heads,
                null,
                crossAttentionDim,
                groups,
                null,
                null,
                null,
                0,
                null,
                null,
                null,
                null);
    }

    /** Whether pooled text and the image's sizes are added to the time embedding. */
    public boolean addsTextAndTime() {
        return additionEmbedType != null;
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
