package dev.preflow.models.tensor;

import ai.djl.Device;
import ai.djl.ndarray.types.DataType;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The type of weights that are not trained, and of what is computed with them. What is trained, its gradients and optimiser
 * state, latents and log-probabilities are float32 whatever the precision is.
 */
public enum Precision {
    /** float16 on CUDA, float32 on a processor. */
    AUTO,
    /** Single precision. */
    FLOAT32,
    /** Half precision: half the memory, and on CUDA the tensor cores. */
    FLOAT16;

    /** What precisions are called. */
    public static final List<String> NAMES =
            Arrays.stream(values()).map(Precision::label).toList();

    /**
     * The precision of a name.
     *
     * @throws IllegalArgumentException if it is none of {@link #NAMES}
     */
    public static Precision parse(String name) {
        return Arrays.stream(values())
                .filter(value -> value.label().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Precision " + name + ": give one of " + NAMES));
    }

    private String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The type of weights on a device. */
    public DataType weights(Device device) {
        return this == FLOAT16 || (this == AUTO && device.isGpu()) ? DataType.FLOAT16 : DataType.FLOAT32;
    }
}
