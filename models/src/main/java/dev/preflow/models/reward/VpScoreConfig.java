package dev.preflow.models.reward;

import dev.preflow.models.nn.ConfigJson;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The sizes of a VP-Score network and the scale of its scores.
 *
 * @param imageSize side of the square image in pixels
 * @param patchSize side of a patch; divides {@code imageSize}
 * @param visionStem channels of stages before the patches, each a convolution that halves the image (Xiao et al. 2021, Early
 *     convolutions help transformers see better) and a residual block; none in BLIP, and where a config does not say
 * @param visionWidth channels of the image transformer
 * @param visionDepth its blocks
 * @param visionHeads its attention heads
 * @param vocabSize number of token ids
 * @param textWidth channels of the text transformer
 * @param textDepth its layers
 * @param textHeads its attention heads
 * @param maxPositions longest sequence that it has positions for
 * @param maxLength tokens of a text; longer ones are truncated
 * @param headWidths outputs of the head's linear layers; the last is 1, as published, or one for each aspect
 * @param headDropout dropout rates in training after the first of them; each counts as a layer in parameter names
 * @param scoreMean subtracted from raw scores
 * @param scoreStd divides raw scores; positive
 */
public record VpScoreConfig(
        int imageSize,
        int patchSize,
        List<Integer> visionStem,
        int visionWidth,
        int visionDepth,
        int visionHeads,
        int vocabSize,
        int textWidth,
        int textDepth,
        int textHeads,
        int maxPositions,
        int maxLength,
        List<Integer> headWidths,
        List<Double> headDropout,
        double scoreMean,
        double scoreStd) {

    /** Checks that the sizes fit together. */
    public VpScoreConfig {
        visionStem = List.copyOf(ConfigJson.orElse(visionStem, List.of()));
        headWidths = List.copyOf(headWidths);
        headDropout = List.copyOf(headDropout);
        require(patchSize > 0 && imageSize % patchSize == 0, "patch_size must divide image_size");
        require(
                patchSize % (1 << visionStem.size()) == 0
                        && visionStem.stream().allMatch(w -> w > 0 && w % VisionTransformer.STEM_GROUPS == 0),
                "vision_stem must have widths that are multiples of " + VisionTransformer.STEM_GROUPS
                        + ", and patch_size be a multiple of 2 for each");
        require(visionHeads > 0 && visionWidth % visionHeads == 0, "vision_heads must divide vision_width");
        require(textHeads > 0 && textWidth % textHeads == 0, "text_heads must divide text_width");
        require(visionDepth > 0 && textDepth > 0, "vision_depth and text_depth must be positive");
        require(maxLength >= 2 && maxLength <= maxPositions, "max_length must be from 2 to max_positions");
        require(!headWidths.isEmpty() && headWidths.stream().allMatch(w -> w > 0), "head_widths must be positive");
        require(headDropout.size() < headWidths.size(), "head_dropout must be shorter than head_widths");
        require(headDropout.stream().allMatch(rate -> rate >= 0 && rate < 1), "head_dropout must be in [0, 1)");
        require(scoreStd > 0 && Double.isFinite(scoreStd) && Double.isFinite(scoreMean), "score_std must be positive");
    }

    /** ImageReward v1.0's sizes and its published scale: BLIP's ViT-L/16, a 12-layer text transformer (PAPER 6.1). */
    public static VpScoreConfig imageReward() {
        return new VpScoreConfig(
                224,
                16,
                List.of(),
                1024,
                24,
                16,
                30524,
                768,
                12,
                12,
                512,
                35,
                List.of(1024, 128, 64, 16, 1),
                List.of(0.2, 0.2, 0.1),
                0.16717362830052426,
                1.0333394966054072);
    }

    /** A network of less than a million parameters for images of 64 pixels, trained in minutes on one core. */
    public static VpScoreConfig small(int vocabSize) {
        return new VpScoreConfig(
                64,
                8,
                List.of(32, 64, 96),
                64,
                4,
                4,
                vocabSize,
                64,
                3,
                4,
                64,
                35,
                List.of(256, 64, 1),
                List.of(),
                0,
                1);
    }

    /** The same network with another scale of scores. */
    public VpScoreConfig withScale(double mean, double std) {
        return with(headWidths, mean, std);
    }

    /** The same network with another number of outputs. */
    VpScoreConfig withOutputs(int outputs) {
        List<Integer> widths = new ArrayList<>(headWidths);
        widths.set(widths.size() - 1, outputs);
        return with(widths, scoreMean, scoreStd);
    }

    private VpScoreConfig with(List<Integer> widths, double mean, double std) {
        return new VpScoreConfig(
                imageSize,
                patchSize,
                visionStem,
                visionWidth,
                visionDepth,
                visionHeads,
                vocabSize,
                textWidth,
                textDepth,
                textHeads,
                maxPositions,
                maxLength,
                widths,
                headDropout,
                mean,
                std);
    }

    /** How many outputs the head has; their sum is the raw score. */
    public int outputs() {
        return headWidths.get(headWidths.size() - 1);
    }

    /** Image tokens: the patches and the class token. */
    int imageTokens() {
        int side = imageSize / patchSize;
        return side * side + 1;
    }

    /** Reads {@code config.json}. */
    public static VpScoreConfig read(Path file) {
        return ConfigJson.read(file, VpScoreConfig.class, Map.of("model_type", "vp_score"));
    }

    void write(Path file) {
        ConfigJson.write(file, this, Map.of("model_type", "vp_score"));
    }

    private static void require(boolean condition, String rule) {
        if (!condition) {
            throw new IllegalArgumentException("VP-Score config: " + rule);
        }
    }
}
