package dev.preflow.models.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ShortBuffer;

/** Makes arrays with memory of their own from mapped bytes. */
final class MappedArrays {

    private MappedArrays() {}

    /**
     * Half-precision numbers (F16, BF16) become float32; other types stay as they are.
     *
     * @param data the elements one behind the other, little endian
     */
    static NDArray create(NDManager manager, ByteBuffer data, Shape shape, StoredType type) {
        return switch (type) {
            case F32 -> copy(manager, data, shape, DataType.FLOAT32);
            case F64 -> copy(manager, data, shape, DataType.FLOAT64);
            case I64 -> copy(manager, data, shape, DataType.INT64);
            case I32 -> copy(manager, data, shape, DataType.INT32);
            case U8 -> copy(manager, data, shape, DataType.UINT8);
            case F16 -> half(manager, data, shape);
            case BF16 -> brainFloat(manager, data, shape);
        };
    }

    /** An array over the mapped bytes must not outlive the mapping, hence the copy. */
    private static NDArray copy(NDManager manager, ByteBuffer data, Shape shape, DataType type) {
        try (NDArray mapped = manager.create(data, shape, type)) {
            return mapped.duplicate();
        }
    }

    private static NDArray half(NDManager manager, ByteBuffer data, Shape shape) {
        try (NDArray mapped = manager.create(data, shape, DataType.FLOAT16)) {
            return mapped.toType(DataType.FLOAT32, true);
        }
    }

    /** DJL's BFLOAT16 type aborts the process, so the missing lower halves are added here. */
    private static NDArray brainFloat(NDManager manager, ByteBuffer data, Shape shape) {
        ShortBuffer upper = data.asShortBuffer();
        ByteBuffer whole = manager.allocateDirect(Math.multiplyExact(2, data.remaining()));
        while (upper.hasRemaining()) {
            whole.putInt(upper.get() << Short.SIZE);
        }
        return copy(manager, whole.rewind(), shape, DataType.FLOAT32);
    }
}
