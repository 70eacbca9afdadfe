package dev.preflow.models.checkpoint;

import ai.djl.ndarray.types.Shape;
import dev.preflow.models.weights.WeightsException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the names of a single-file checkpoint say of its form. They are those of the code of Rombach et al. 2022 and of its
 * successors, which number all blocks through.
 *
 * @param family its family
 * @param layersPerBlock residual blocks per down block of the U-Net
 * @param vaeLevels resolutions of the autoencoder
 * @param openClipLayers layers of OpenCLIP's text encoder as stored; 0 without one
 */
record LdmLayout(Family family, int layersPerBlock, int vaeLevels, int openClipLayers) {

    static final String UNET = "model.diffusion_model.";
    static final String VAE = "first_stage_model.";
    static final String CLIP = "cond_stage_model.transformer.";
    static final String OPEN_CLIP = "cond_stage_model.model.";
    static final String CLIP_XL = "conditioner.embedders.0.transformer.";
    static final String OPEN_CLIP_XL = "conditioner.embedders.1.model.";

    private static final String REFINER = "conditioner.embedders.0.model.";
    private static final Pattern INPUT_BLOCK = Pattern.compile(Pattern.quote(UNET) + "input_blocks\\.(\\d+)\\..*");
    private static final Pattern DOWNSAMPLER =
            Pattern.compile(Pattern.quote(UNET) + "input_blocks\\.(\\d+)\\.0\\.op\\.weight");
    private static final Pattern VAE_LEVEL = Pattern.compile(Pattern.quote(VAE) + "decoder\\.up\\.(\\d+)\\..*");
    private static final Pattern RESBLOCK = Pattern.compile("(?:" + Pattern.quote(OPEN_CLIP) + "|"
            + Pattern.quote(OPEN_CLIP_XL) + ")transformer\\.resblocks\\.(\\d+)\\..*");

    /** Whether a file has the U-Net of such a checkpoint. */
    static boolean recognises(Collection<String> names) {
        return names.contains(UNET + "input_blocks.0.0.weight");
    }

    /**
     * Reads the layout off a file's names.
     *
     * @throws WeightsException if it is no checkpoint of a family that runs; the message says what it is, where that is known
     */
    static LdmLayout of(Path file, Map<String, Shape> shapes) {
        Collection<String> names = shapes.keySet();
        if (!recognises(names)) {
            throw new WeightsException(
                    file,
                    "it is no Stable Diffusion 1.x, 2.x or XL in one file: tensor " + UNET
                            + "input_blocks.0.0.weight is missing");
        }
        Family family = family(file, names);
        // Each level has its layers and, but for the last, a downsampler; the first block is the input convolution.
        int levels =
                1 + (int) names.stream().filter(DOWNSAMPLER.asMatchPredicate()).count();
        int blocks = count(INPUT_BLOCK, names);
        if (blocks % levels != 0 || blocks / levels < 2) {
            throw new WeightsException(
                    file,
                    "its U-Net has " + blocks + " input blocks for " + levels + " resolutions, which is no U-Net");
        }
        return new LdmLayout(family, blocks / levels - 1, count(VAE_LEVEL, names), count(RESBLOCK, names));
    }

    private static Family family(Path file, Collection<String> names) {
        if (has(names, OPEN_CLIP_XL)) {
            return Family.SDXL;
        }
        if (has(names, REFINER)) {
            throw new WeightsException(file, "it is SDXL's refiner, which is not supported; its base model is");
        }
        if (has(names, OPEN_CLIP)) {
            return Family.SD2;
        }
        if (has(names, CLIP)) {
            return Family.SD1;
        }
        throw new WeightsException(
                file,
                "it has a U-Net but no text encoder: neither " + CLIP + "* nor " + OPEN_CLIP + "* nor " + OPEN_CLIP_XL
                        + "*");
    }

    private static boolean has(Collection<String> names, String prefix) {
        return names.stream().anyMatch(name -> name.startsWith(prefix));
    }

    /** One more than the largest number that a pattern finds. */
    private static int count(Pattern pattern, Collection<String> names) {
        return names.stream()
                .map(pattern::matcher)
                .filter(Matcher::matches)
                .mapToInt(match -> 1 + Integer.parseInt(match.group(1)))
                .max()
                .orElse(0);
    }
}
