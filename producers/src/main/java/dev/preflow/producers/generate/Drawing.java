package dev.preflow.producers.generate;

import org.jspecify.annotations.Nullable;

/**
 * What a generator made of a task.
 *
 * @param image the image
 * @param steps denoising steps it took; the task's, unless the generator has a number of its own
 * @param guidanceScale guidance scale it took; the task's, unless the generator has one of its own
 * @param policyRelease the release whose weights drew it, null for a generator without releases
 * @param trajectory the denoising trajectory as a safetensors file, null unless the task asked for stochastic steps
 */
public record Drawing(
        PngImage image,
        int steps,
        float guidanceScale,
        @Nullable String policyRelease,
        byte @Nullable [] trajectory) {}
