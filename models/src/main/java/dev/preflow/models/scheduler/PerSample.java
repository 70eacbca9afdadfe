package dev.preflow.models.scheduler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/** Coefficients that differ from sample to sample, shaped to broadcast over a batch. */
final class PerSample {
    private PerSample() {}

    /** {@code [B, 1, ...]} with as many dimensions as {@code like}, in its manager. */
    static NDArray tensor(NDArray like, float[] values) {
        long[] shape = new long[like.getShape().dimension()];
        Arrays.fill(shape, 1);
        shape[0] = values.length;
        return like.getManager().create(values, new Shape(shape));
    }
}
