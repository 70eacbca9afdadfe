package dev.preflow.models.checkpoint;

import ai.djl.ndarray.types.Shape;
import dev.preflow.models.scheduler.PredictionType;
import dev.preflow.models.scheduler.SchedulerConfig;
import dev.preflow.models.text.ClipTextConfig;
import dev.preflow.models.unet.MicroConditioning;
import dev.preflow.models.unet.UNetConfig;
import dev.preflow.models.vae.VaeConfig;
import dev.preflow.models.weights.WeightsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * The configs of a single-file checkpoint, which has none: sizes from its tensors, the rest as its family was published.
 * Attention heads cannot be seen in a tensor: the U-Net of SD 1.x has 8 per attention, all else 64 channels per head.
 */
final class LdmConfigs {

    private static final int HEAD_CHANNELS = 64;
    private static final int SD1_HEADS = 8;
    private static final int GROUPS = 32;
    private static final double SDXL_SCALING = 0.13025;
    /** OpenCLIP pools at the largest id of a text, for which transformers' older configs have this number. */
    private static final int LARGEST_ID = 2;

    private final Path file;
    private final Family family;
    private final Map<String, Shape> shapes;
    private final PredictionType prediction;

    /**
     * @param file named in errors
     * @param shapes by the names that {@link LdmNames} gives
     * @param prediction what the U-Net predicts
     */
    LdmConfigs(Path file, Family family, Map<String, Shape> shapes, PredictionType prediction) {
        this.file = file;
        this.family = family;
        this.shapes = shapes;
        this.prediction = prediction;
    }

    /** Height and width of the latents that the family's U-Net was trained on. */
    int sampleSize() {
        return switch (family) {
            case SD1 -> 64;
            case SD2 -> prediction == PredictionType.V_PREDICTION ? 96 : 64;
            case SDXL -> 128;
        };
    }

    UNetConfig unet() {
        List<Integer> channels = channels("unet.down_blocks.%d.resnets.0.conv1.weight");
        int levels = channels.size();
        List<String> down = new ArrayList<>();
        List<String> up = new ArrayList<>();
        List<Integer> depths = new ArrayList<>();
        for (int level = 0; level < levels; level++) {
            int depth = count("unet.down_blocks." + level + ".attentions.0.transformer_blocks.%d.attn1.to_q.weight");
            down.add(depth > 0 ? "CrossAttnDownBlock2D" : "DownBlock2D");
            up.add(0, depth > 0 ? "CrossAttnUpBlock2D" : "UpBlock2D");
            depths.add(Math.max(1, depth));
        }
        // The middle has the last level's depth, whether or not that level attends.
        String middle = "unet.mid_block.attentions.0.";
        depths.set(levels - 1, count(middle + "transformer_blocks.%d.attn1.to_q.weight"));
        boolean adds = shapes.containsKey("unet.add_embedding.linear_1.weight");
        int added = adds ? size("unet.add_embedding.linear_1.weight", 1) : 0;
        int pooled = adds ? size("text_encoder_2.text_projection.weight", 0) : 0;
        return new UNetConfig(
                sampleSize(),
                size("unet.conv_in.weight", 1),
                size("unet.conv_out.weight", 0),
                down,
                up,
                channels,
                count("unet.down_blocks.0.resnets.%d.conv1.weight"),
                family == Family.SD1
                        ? List.of(SD1_HEADS)
                        : channels.stream()
                                .map(width -> heads("the U-Net", width))
                                .toList(),
                depths,
                size(middle + "transformer_blocks.0.attn2.to_k.weight", 1),
                GROUPS,
                null,
                shape(middle + "proj_in.weight").dimension() == 2,
                null,
                0,
                family == Family.SD2,
                adds ? "text_time" : null,
                adds ? (added - pooled) / MicroConditioning.COUNT : null,
                adds ? added : null);
    }

    VaeConfig vae() {
        List<Integer> channels = channels("vae.encoder.down_blocks.%d.resnets.0.conv1.weight");
        int levels = channels.size();
        VaeConfig config = VaeConfig.of(
                sampleSize() << (levels - 1),
                channels,
                count("vae.encoder.down_blocks.0.resnets.%d.conv1.weight"),
                size("vae.decoder.conv_in.weight", 1),
                GROUPS);
        return family == Family.SDXL ? config.withScalingFactor(SDXL_SCALING) : config;
    }

    /** The config of a text encoder: {@code text_encoder} or {@code text_encoder_2}. */
    ClipTextConfig text(String part) {
        String model = part + ".text_model.";
        Shape tokens = shape(model + "embeddings.token_embedding.weight");
        int width = (int) tokens.get(1);
        boolean projects = shapes.containsKey(part + ".text_projection.weight");
        boolean openClip = projects || family == Family.SD2;
        return new ClipTextConfig(
                List.of(projects ? "CLIPTextModelWithProjection" : "CLIPTextModel"),
                (int) tokens.get(0),
                width,
                size(model + "encoder.layers.0.mlp.fc1.weight", 0),
                count(model + "encoder.layers.%d.mlp.fc1.weight"),
                heads(part, width),
                size(model + "embeddings.position_embedding.weight", 0),
                openClip ? "gelu" : "quick_gelu",
                null,
                projects ? size(part + ".text_projection.weight", 0) : null,
                LARGEST_ID);
    }

    /** The sampler that the family was published with. */
    SchedulerConfig scheduler() {
        return SchedulerConfig.stableDiffusion(
                        switch (family) {
                            case SD1 -> "PNDMScheduler";
                            case SD2 -> "DDIMScheduler";
                            case SDXL -> "EulerDiscreteScheduler";
                        })
                .with(prediction);
    }

    private int heads(String network, int channels) {
        if (channels % HEAD_CHANNELS != 0) {
            throw new WeightsException(
                    file,
                    "the heads of %s of %d channels are not known: put its config.json into a folder %s beside the file"
                            .formatted(network, channels, network.equals("the U-Net") ? "unet" : network));
        }
        return channels / HEAD_CHANNELS;
    }

    /** First dimensions of the tensors whose names a number tells apart. */
    private List<Integer> channels(String pattern) {
        List<Integer> channels = new ArrayList<>();
        for (int i = 0; i < count(pattern); i++) {
            channels.add(size(pattern.formatted(i), 0));
        }
        if (channels.isEmpty()) {
            shape(pattern.formatted(0));
        }
        return Collections.unmodifiableList(channels);
    }

    private int count(String pattern) {
        int count = 0;
        while (shapes.containsKey(pattern.formatted(count))) {
            count++;
        }
        return count;
    }

    private int size(String name, int dimension) {
        Shape shape = shape(name);
        if (shape.dimension() <= dimension) {
            throw new WeightsException(file, "tensor " + name + " has shape " + shape);
        }
        return Math.toIntExact(shape.get(dimension));
    }

    private Shape shape(String name) {
        Shape shape = shapes.get(name);
        if (shape == null) {
            throw new WeightsException(file, "the tensor that diffusers calls " + name + " is missing");
        }
        return shape;
    }
}
