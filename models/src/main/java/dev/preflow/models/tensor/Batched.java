package dev.preflow.models.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Collection;

/** In-place operations on whole lists of arrays in one native call. */
public final class Batched {

    private static final TorchScript FOREACH = TorchScript.compile(
            "  def copy(self: __torch__.M, to: List[Tensor], of: List[Tensor]) -> Tensor:\n"
                    + "    torch._foreach_copy_(to, of)\n    return to[0]\n",
            "  def zero(self: __torch__.M, x: List[Tensor]) -> Tensor:\n    torch._foreach_zero_(x)\n    return x[0]\n");

    private Batched() {}

    /** Copies values, array by array; both sides have the same shapes in the same order, and at least one. */
    public static void copy(NDManager manager, Collection<NDArray> to, Collection<NDArray> from) {
        run(manager, "copy", to, from);
    }

    /** Sets all values of at least one array to zero. */
    public static void zero(NDManager manager, Collection<NDArray> arrays) {
        run(manager, "zero", arrays);
    }

    private static void run(NDManager manager, String method, Collection<NDArray> first, Object... rest) {
        // In-place writes to arrays that require gradients are only allowed outside a graph.
        try (Autograd off = Autograd.disabled()) {
            FOREACH.callOnList(manager, method, first, rest).close();
        }
    }
}
