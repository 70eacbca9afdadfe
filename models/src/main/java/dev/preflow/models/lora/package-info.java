/**
 * Low-rank adaptation (LoRA, Hu et al. 2022): small trained terms beside frozen layers, and their files in diffusers' and
 * kohya's forms.
 */
@org.jspecify.annotations.NullMarked
package dev.preflow.models.lora;
