package dev.preflow.models.weights;

import java.util.List;

/**
 * A tensor as a state dict describes it: a view of a storage.
 *
 * @param storage the storage's key: the name of its entry below {@code data/}
 * @param type element type of the storage
 * @param offset of the first element within the storage, in elements
 * @param shape its dimensions
 * @param strides elements from one index to the next, per dimension
 */
record TorchTensor(String storage, StoredType type, long offset, List<Long> shape, List<Long> strides) {

    /** A storage before a tensor looks at it. */
    record Storage(String key, StoredType type) {}

    /** How many numbers it has. */
    long size() {
        long size = 1;
        for (long dimension : shape) {
            size = Math.multiplyExact(size, dimension);
        }
        return size;
    }

    /** How many elements of the storage lie between its first and after its last. */
    long span() {
        if (size() == 0) {
            return 0;
        }
        long last = 0;
        for (int i = 0; i < shape.size(); i++) {
            last = Math.addExact(last, Math.multiplyExact(shape.get(i) - 1, strides.get(i)));
        }
        return last + 1;
    }

    /** Whether its elements lie one behind the other, in the order of their indices. */
    boolean contiguous() {
        long expected = 1;
        for (int i = shape.size() - 1; i >= 0; i--) {
            if (shape.get(i) != 1 && strides.get(i) != expected) {
                return false;
            }
            expected *= shape.get(i);
        }
        return true;
    }
}
