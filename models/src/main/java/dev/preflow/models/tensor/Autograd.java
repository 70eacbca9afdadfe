package dev.preflow.models.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;

/**
 * A scope of gradient mode of the calling thread; closing it restores the mode before.
 *
 * <p>PyTorch's gradient mode belongs to a thread and is on in every new one. DJL's {@code GradientCollector} allows one
 * collection per process; these scopes let several threads train and sample at the same time:
 *
 * <pre>{@code
 * try (var grad = Autograd.enabled()) {
 *     Autograd.backward(loss(parameters));
 * }
 * }</pre>
 */
public final class Autograd implements AutoCloseable {

    private static final TorchScript RECORDED = TorchScript.compile(
            "  def recorded(self: __torch__.M, x: Tensor) -> Tensor:\n    return torch.tensor(x.requires_grad)\n");

    private final boolean before;

    private Autograd(boolean enabled) {
        Torch.engine();
        before = JniUtils.isGradMode();
        JniUtils.setGradMode(enabled);
    }

    /** Records operations on arrays that require gradients, until closed. */
    public static Autograd enabled() {
        return new Autograd(true);
    }

    /** Records nothing until closed: what sampling and scoring use. */
    public static Autograd disabled() {
        return new Autograd(false);
    }

    /**
     * Adds the gradients of a scalar to the arrays that require them, and frees the graph.
     *
     * @param loss a scalar computed inside an enabled scope
     */
    public static void backward(NDArray loss) {
        JniUtils.backward((PtNDArray) loss, ones(loss), false, false);
    }

    /**
     * Adds vector-Jacobian products to the arrays that require gradients: the second half of a hand-made activation
     * checkpoint.
     *
     * @param output any array computed inside an enabled scope
     * @param gradient of the loss with respect to {@code output}, in its shape
     */
    public static void backward(NDArray output, NDArray gradient) {
        JniUtils.backward((PtNDArray) output, (PtNDArray) gradient, false, false);
    }

    /**
     * Whether gradients flow through an array: it requires them, or was computed from one that does. DJL's
     * {@code hasGradient} knows only the former.
     */
    static boolean isRecorded(NDArray array) {
        try (NDArray flag = RECORDED.call("recorded", array)) {
            return flag.getBoolean();
        }
    }

    private static PtNDArray ones(NDArray loss) {
        if (loss.size() != 1) {
            throw new IllegalArgumentException("The loss has shape " + loss.getShape() + "; reduce it to a scalar");
        }
        return (PtNDArray) loss.onesLike();
    }

    @Override
    public void close() {
        JniUtils.setGradMode(before);
    }
}
