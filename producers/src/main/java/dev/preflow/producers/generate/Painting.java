package dev.preflow.producers.generate;

import org.jspecify.annotations.Nullable;

/**
 * What a pipeline made of a {@link PaintTask}.
 *
 * @param image the image
 * @param trajectory the trajectory as a safetensors file, null when none was to be recorded
 */
record Painting(PngImage image, byte @Nullable [] trajectory) {}
