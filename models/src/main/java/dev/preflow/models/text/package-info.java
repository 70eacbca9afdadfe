/** The text side of a diffusion pipeline: CLIP's text encoder. */
@org.jspecify.annotations.NullMarked
package dev.preflow.models.text;
