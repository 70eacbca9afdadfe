/** The denoising network of Stable Diffusion: diffusers' {@code UNet2DConditionModel}. */
@org.jspecify.annotations.NullMarked
package dev.preflow.models.unet;
