package dev.preflow.models.inspect;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a checkpoint is.
 *
 * @param path where it lies
 * @param family what it is, such as {@code Stable Diffusion 1.x}, {@code ImageReward} or {@code LoRA}
 * @param form how it is stored, such as {@code diffusers directory}
 * @param parts its networks
 * @param files the files that hold them, with their sizes in bytes
 * @param predictionType what a U-Net predicts: {@code epsilon}, {@code v_prediction} or {@code sample}; null without one
 * @param imageSize side of the images in pixels that it draws or looks at; null if it does neither
 * @param memory what its weights take; null if it is no whole model
 */
public record Inspection(
        String path,
        String family,
        String form,
        List<Part> parts,
        Map<String, Long> files,
        @Nullable String predictionType,
        @Nullable Integer imageSize,
        @Nullable MemoryPlan memory) {

    /** How many numbers all parts have together. */
    public long parameters() {
        return parts.stream().mapToLong(Part::parameters).sum();
    }
}
