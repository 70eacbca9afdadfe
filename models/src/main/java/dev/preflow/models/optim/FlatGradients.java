package dev.preflow.models.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.tensor.Autograd;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.TorchScript;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The gradients of all trained parameters of some modules in one buffer, which the parameters' own gradients are views of:
 * the backward pass writes into it, and another device's buffer is added in one transfer. Which parameters are trained may
 * not change any more.
 */
final class FlatGradients implements AutoCloseable {

    private static final TorchScript FLAT = TorchScript.compile("""
              def touch(self: __torch__.M, p: List[Tensor]) -> Tensor:
                s = annotate(List[Tensor], [])
                for i in range(torch.len(p)):
                  _0 = torch.append(s, torch.sum(torch.mul(p[i], 0)))
                return torch.sum(torch.stack(s))
              def alias(self: __torch__.M, flat: Tensor, grads: List[Tensor]) -> Tensor:
                at = 0
                for i in range(torch.len(grads)):
                  g = grads[i]
                  like = torch.contiguous(g)
                  _0 = torch.set_(g, flat, at, torch.size(g), torch.stride(like))
                  at = torch.add(at, torch.numel(g))
                return flat
              def add(self: __torch__.M, to: Tensor, of: Tensor) -> Tensor:
                return torch.add_(to, torch.to(of, to))
            """);

    private final NDManager manager;
    private final NDArray flat;

    /** Takes the gradients of the parameters that require them over; they become zeros. */
    FlatGradients(Collection<Parameters> modules) {
        manager = modules.iterator().next().manager().newSubManager();
        List<NDArray> trained =
                modules.stream().flatMap(module -> module.trained().stream()).toList();
        if (trained.isEmpty()) {
            throw new IllegalArgumentException("No parameter requires gradients: there is nothing to train");
        }
        flat = manager.zeros(
                new Shape(trained.stream().mapToLong(NDArray::size).sum()),
                trained.get(0).getDataType());
        try (NDManager handles = manager.newSubManager()) {
            // PyTorch makes a gradient when it is first needed, and only then there is one to be moved.
            try (Autograd on = Autograd.enabled()) {
                Autograd.backward(FLAT.callOnList(handles, "touch", trained));
            }
            List<NDArray> gradients = new ArrayList<>();
            modules.forEach(module -> gradients.addAll(module.gradients(handles)));
            try (Autograd off = Autograd.disabled()) {
                FLAT.call("alias", flat, gradients).close();
            }
        }
    }

    /** All zeros again: the start of an accumulation. */
    void zero() {
        flat.muli(0);
    }

    /** Adds another buffer, which may lie on another device. */
    void add(FlatGradients other) {
        FLAT.call("add", flat, other.flat).close();
    }

    /** Multiplies all of them. */
    void multiply(double factor) {
        flat.muli(factor);
    }

    @Override
    public void close() {
        manager.close();
    }
}
