package dev.preflow.models.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;

/** How a network's blocks are run, one after another: the memory that a pass takes depends on it, its result does not. */
@FunctionalInterface
public interface Execution {

    /** A part of a network. */
    @FunctionalInterface
    interface Block {
        /**
         * Computes the block's output from its inputs alone, beside the parameters. It creates no array from Java's memory.
         *
         * @param inputs in the order that they were given in
         */
        NDArray forward(List<NDArray> inputs);
    }

    /**
     * Runs every block in a manager of its own: what a block computes on its way is let go of at its end. While gradients are
     * recorded the graph keeps what the backward pass needs; otherwise no more than one block's arrays are there at a time.
     */
    Execution SCOPED = (block, inputs) -> {
        NDManager outer = inputs[0].getManager();
        try (NDManager scope = outer.newSubManager()) {
            List<NDArray> own = new ArrayList<>();
            for (NDArray input : inputs) {
                NDArray view = Ops.alias(input);
                view.attach(scope);
                own.add(view);
            }
            NDArray output = block.forward(own);
            output.attach(outer);
            return output;
        }
    };

    /**
     * Runs a block.
     *
     * @param inputs at least one; the output attaches to the first one's manager
     */
    NDArray run(Block block, NDArray... inputs);

    /** Completes the backward pass, after the loss's own: a pass that was recorded whole has nothing left to do. */
    default void backward() {}
}
