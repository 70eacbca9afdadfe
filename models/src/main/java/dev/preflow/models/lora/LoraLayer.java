package dev.preflow.models.lora;

import ai.djl.ndarray.NDArray;
import dev.preflow.models.tensor.Scope;
import dev.preflow.models.tensor.TorchScript;

/**
 * What an adapter adds to a layer's output: alpha / rank · B(A(x)). The adapter is the parameters {@code lora_A.weight},
 * {@code lora_B.weight} and {@code alpha} of the layer's scope; a scope without them is a layer as it was.
 *
 * <p>The term is computed in the adapter's precision, so that float32 adapters can be trained beside half-precision weights.
 */
public final class LoraLayer {

    static final String DOWN = "lora_A.weight";
    static final String UP = "lora_B.weight";
    static final String ALPHA = "alpha";

    // the scale goes where the arrays are smallest, between the two maps
    private static final TorchScript OPS = TorchScript.compile("""
              def linear(self: __torch__.M, y: Tensor, x: Tensor, a: Tensor, b: Tensor, alpha: Tensor, r: int) -> Tensor:
                h = torch.mul(torch.linear(torch.to(x, a), a), torch.div(alpha, r))
                return torch.add(y, torch.to(torch.linear(h, b), y))
              def conv(self: __torch__.M, y: Tensor, x: Tensor, a: Tensor, b: Tensor, alpha: Tensor, r: int, s: int, p: int) -> Tensor:
                h = torch.mul(torch.conv2d(torch.to(x, a), a, None, [s, s], [p, p]), torch.div(alpha, r))
                return torch.add(y, torch.to(torch.conv2d(h, b), y))
            """);

    private LoraLayer() {}

    /**
     * The output of a linear map with its adapter.
     *
     * @param x the layer's input
     * @param y the layer's output without adapter
     */
    public static NDArray linear(Scope p, NDArray x, NDArray y) {
        NDArray down = p.find(DOWN);
        return down == null
                ? y
                : OPS.call(
                        "linear",
                        y,
                        x,
                        down,
                        p.get(UP),
                        p.get(ALPHA),
                        down.getShape().get(0));
    }

    /**
     * The output of a convolution with its adapter.
     *
     * @param x the layer's input
     * @param y the layer's output without adapter
     */
    public static NDArray conv(Scope p, NDArray x, NDArray y, int stride, int padding) {
        NDArray down = p.find(DOWN);
        return down == null
                ? y
                : OPS.call(
                        "conv",
                        y,
                        x,
                        down,
                        p.get(UP),
                        p.get(ALPHA),
                        down.getShape().get(0),
                        stride,
                        padding);
    }
}
