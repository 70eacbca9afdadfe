/** Checkpoints as they are published: what they are, and single files in the names of latent diffusion's own code. */
@org.jspecify.annotations.NullMarked
package dev.preflow.models.checkpoint;
