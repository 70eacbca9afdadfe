/** Weights on disk: safetensors files, read by mapping and written atomically. */
@org.jspecify.annotations.NullMarked
package dev.preflow.models.weights;
