/** Text to image: the networks put together, diffusers directories, and batched sampling with trajectories. */
@org.jspecify.annotations.NullMarked
package dev.preflow.models.pipeline;
