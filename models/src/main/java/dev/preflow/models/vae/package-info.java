/** Images to latents and back: diffusers' {@code AutoencoderKL}. */
@org.jspecify.annotations.NullMarked
package dev.preflow.models.vae;
