package dev.preflow.models.weights;

import ai.djl.ndarray.types.DataType;

/** The element types of safetensors files that are read; the names are the format's own. */
public enum StoredType {
    /** 64-bit floating point. */
    F64(8),
    /** 64-bit integer. */
    I64(8),
    /** 32-bit floating point. */
    F32(4),
    /** 32-bit integer. */
    I32(4),
    /** 16-bit floating point; becomes float32 in memory. */
    F16(2),
    /** The upper half of a 32-bit floating-point number; becomes float32 in memory. */
    BF16(2),
    /** Unsigned byte. */
    U8(1);

    private final int bytes;

    StoredType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes per element. */
    public int bytes() {
        return bytes;
    }

    static StoredType of(DataType type) {
        switch (type) {
            case FLOAT64:
                return F64;
            case INT64:
                return I64;
            case FLOAT32:
                return F32;
            case INT32:
                return I32;
            case FLOAT16:
                return F16;
            case UINT8:
                return U8;
            default:
                throw new IllegalArgumentException("Arrays of " + type + " are not written to safetensors");
        }
    }
}
