package dev.preflow.models.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.preflow.models.tensor.Autograd;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.TorchScript;
import java.util.List;
import java.util.Map;

/** Clipping of gradients by their global norm (Pascanu et al. 2013). */
public final class GradientClip {
    private static final TorchScript NORM = TorchScript.compile("""
              def norm(self: __torch__.M, g: List[Tensor]) -> Tensor:
                return torch.linalg_vector_norm(torch.stack(torch._foreach_norm(g)))
              def scale(self: __torch__.M, g: List[Tensor], s: float) -> Tensor:
                torch._foreach_mul_(g, s)
                return g[0]
            """);

    private GradientClip() {}

    /**
     * Scales the gradients of all trained parameters so that their joint norm is at most {@code maxNorm}.
     *
     * @param maxNorm positive; infinite only measures
     * @return the norm before clipping
     * @throws NonFiniteException if a gradient is NaN or infinite; nothing has changed then
     */
    public static float byGlobalNorm(Parameters parameters, double maxNorm) {
        if (!(maxNorm > 0)) {
            throw new IllegalArgumentException("The gradient norm cannot be clipped to " + maxNorm);
        }
        try (NDManager step = parameters.manager().newSubManager();
                Autograd off = Autograd.disabled()) {
            List<NDArray> gradients = parameters.gradients(step);
            float norm = NORM.callOnList(step, "norm", gradients).getFloat();
            if (!Float.isFinite(norm)) {
                throw new NonFiniteException(
                        "The gradient norm is " + norm + ", first in " + firstNonFinite(parameters));
            }
            if (norm > maxNorm) {
                // the small term is torch.nn.utils.clip_grad_norm_'s
                NORM.callOnList(step, "scale", gradients, maxNorm / (norm + 1e-6));
            }
            return norm;
        }
    }

    private static String firstNonFinite(Parameters parameters) {
        try (NDManager step = parameters.manager().newSubManager()) {
            return parameters.asMap().entrySet().stream()
                    .filter(entry -> entry.getValue().hasGradient())
                    .filter(entry -> {
                        NDArray gradient = entry.getValue().getGradient();
                        gradient.attach(step);
                        return !Float.isFinite(gradient.norm().getFloat());
                    })
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .orElse("their sum: each single norm is finite");
        }
    }
}
