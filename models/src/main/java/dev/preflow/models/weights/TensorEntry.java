package dev.preflow.models.weights;

import ai.djl.ndarray.types.Shape;

/**
 * Where a tensor lies in a weights file.
 *
 * @param name its name
 * @param type its element type as stored
 * @param shape its shape
 * @param begin offset of its first byte: within the data section of safetensors, else within the file
 * @param end offset after its last byte
 */
public record TensorEntry(String name, StoredType type, Shape shape, long begin, long end) {

    /** How many bytes of the file it takes. */
    public long bytes() {
        return end - begin;
    }
}
