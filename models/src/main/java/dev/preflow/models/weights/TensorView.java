package dev.preflow.models.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/** How a network's tensor is seen in one that a file stores in another form. */
public enum TensorView {
    /** As it is. */
    WHOLE,
    /** A 1×1 convolution [out, in, 1, 1] as a linear map [out, in]. */
    MATRIX,
    /** The first of three that lie one below the other: the queries. */
    FIRST_THIRD,
    /** The second of three: the keys. */
    SECOND_THIRD,
    /** The last of three: the values. */
    LAST_THIRD,
    /** A matrix for multiplication from the other side. */
    TRANSPOSED;

    private static final int THIRDS = 3;

    /**
     * The view's shape.
     *
     * @throws IllegalArgumentException if a tensor of the stored shape cannot be seen so
     */
    Shape shape(Shape stored) {
        long[] sizes = stored.getShape();
        boolean fits =
                switch (this) {
                    case WHOLE -> true;
                    case MATRIX -> sizes.length == 2 || sizes.length == 4 && sizes[2] == 1 && sizes[3] == 1;
                    case TRANSPOSED -> sizes.length == 2;
                    default -> sizes.length > 0 && sizes[0] % THIRDS == 0;
                };
        if (!fits) {
            throw new IllegalArgumentException("it has shape " + stored);
        }
        return switch (this) {
            case WHOLE -> stored;
            case MATRIX -> new Shape(sizes[0], sizes[1]);
            case TRANSPOSED -> new Shape(sizes[1], sizes[0]);
            default -> {
                long[] part = Arrays.copyOf(sizes, sizes.length);
                part[0] /= THIRDS;
                yield new Shape(part);
            }
        };
    }

    /** The view of a tensor, with memory of its own; the stored one is closed unless it is the view. */
    NDArray of(NDArray stored) {
        if (this == WHOLE) {
            return stored;
        }
        try (stored) {
            return switch (this) {
                case WHOLE, MATRIX -> stored.reshape(shape(stored.getShape()));
                case FIRST_THIRD -> third(stored, 0);
                case SECOND_THIRD -> third(stored, 1);
                case LAST_THIRD -> third(stored, 2);
                case TRANSPOSED -> {
                    try (NDArray turned = stored.transpose();
                            NDArray flat = turned.flatten()) {
                        yield flat.reshape(shape(stored.getShape()));
                    }
                }
            };
        }
    }

    private static NDArray third(NDArray stored, int index) {
        long rows = stored.getShape().get(0) / THIRDS;
        try (NDArray part = stored.get(new NDIndex("{}:{}", index * rows, (index + 1) * rows))) {
            return part.duplicate();
        }
    }
}
