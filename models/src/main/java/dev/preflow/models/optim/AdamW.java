package dev.preflow.models.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.tensor.Autograd;
import dev.preflow.models.tensor.Batched;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.TorchScript;
import dev.preflow.models.weights.SafetensorsReader;
import dev.preflow.models.weights.SafetensorsWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * AdamW (Loshchilov and Hutter 2019) over the trained parameters of a network, by PyTorch's fused kernel. Its state can be
 * saved; a run that is resumed from it continues bit for bit as the uninterrupted one.
 */
public final class AdamW implements AutoCloseable {
    private static final TorchScript UPDATE = TorchScript.compile("""
              def adamw(self: __torch__.M, p: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor], s: List[Tensor], lr: float, b1: float, b2: float, wd: float, eps: float) -> Tensor:
                e = annotate(List[Tensor], [])
                torch._foreach_add_(s, 1)
                torch._fused_adamw_(p, g, m, v, e, s, lr=lr, beta1=b1, beta2=b2, weight_decay=wd, eps=eps, amsgrad=False, maximize=False)
                return s[0]
            """);
    private static final String FIRST_MOMENT = "exp_avg.";
    private static final String SECOND_MOMENT = "exp_avg_sq.";
    private static final String STEPS = "step.";

    private final Parameters parameters;
    private final List<String> names;
    private final Settings settings;
    private final NDManager manager;
    private final List<NDArray> firstMoments = new ArrayList<>();
    private final List<NDArray> secondMoments = new ArrayList<>();
    private final List<NDArray> steps = new ArrayList<>();

    /**
     * The settings of the method.
     *
     * @param beta1 decay of the first moment
     * @param beta2 decay of the second moment
     * @param epsilon added to the denominator
     * @param weightDecay decoupled from the gradient, times the learning rate
     */
    public record Settings(double beta1, double beta2, double epsilon, double weightDecay) {
        /** PyTorch's defaults, with the given weight decay. */
        public static Settings of(double weightDecay) {
            return new Settings(0.9, 0.999, 1e-8, weightDecay);
        }
    }

    /**
     * An optimiser that has taken no step.
     *
     * @param parameters those that require gradients now are optimised
     */
    public AdamW(Parameters parameters, Settings settings) {
        this.parameters = parameters;
        this.settings = settings;
        names = trainedNames();
        if (names.isEmpty()) {
            throw new IllegalArgumentException("No parameter requires gradients: there is nothing to optimise");
        }
        manager = parameters.manager().newSubManager();
        for (String name : names) {
            Shape shape = parameters.get(name).getShape();
            firstMoments.add(manager.zeros(shape));
            secondMoments.add(manager.zeros(shape));
            steps.add(manager.zeros(new Shape()));
        }
    }

    /**
     * Clips the gradients, updates the parameters and sets the gradients to zero.
     *
     * @param learningRate of this step, not negative
     * @param maxNorm bound of the gradients' global norm
     * @return the norm before clipping
     * @throws NonFiniteException if a gradient is NaN or infinite; the gradients are dropped, neither
     *     parameters nor state have changed
     */
    public float step(double learningRate, double maxNorm) {
        if (!(learningRate >= 0) || Double.isInfinite(learningRate)) {
            throw new IllegalArgumentException("Learning rate is " + learningRate);
        }
        if (!trainedNames().equals(names)) {
            throw new IllegalStateException("Other parameters require gradients than when the optimiser was made");
        }
        float norm = clip(maxNorm);
        try (NDManager step = manager.newSubManager();
                Autograd off = Autograd.disabled()) {
            UPDATE.callOnList(
                    step,
                    "adamw",
                    parameters.trained(),
                    parameters.gradients(step),
                    firstMoments,
                    secondMoments,
                    steps,
                    learningRate,
                    settings.beta1(),
                    settings.beta2(),
                    settings.weightDecay(),
                    settings.epsilon());
        }
        parameters.zeroGradients();
        return norm;
    }

    private float clip(double maxNorm) {
        try {
            return GradientClip.byGlobalNorm(parameters, maxNorm);
        } catch (NonFiniteException e) {
            parameters.zeroGradients(); // else they would poison the next step too
            throw e;
        }
    }

    /** Writes moments and step counts as safetensors. */
    public void save(Path file) {
        SafetensorsWriter.write(file, state(), Map.of());
    }

    /**
     * Takes over what {@link #save} wrote.
     *
     * @throws IllegalArgumentException if the file belongs to other parameters; nothing has changed then
     */
    public void restore(Path file) {
        try (Parameters saved = SafetensorsReader.readAll(file, manager);
                Parameters own = new Parameters(manager)) {
            // views: assigning into them assigns into the state
            state().forEach((name, array) -> own.add(name, array.reshape(array.getShape())));
            own.assignFrom(saved);
        }
    }

    /** Forgets moments and step counts, as if it had taken no step. */
    public void reset() {
        Batched.zero(manager, state().values());
    }

    private List<String> trainedNames() {
        return parameters.asMap().entrySet().stream()
                .filter(entry -> entry.getValue().hasGradient())
                .map(Map.Entry::getKey)
                .toList();
    }

    private Map<String, NDArray> state() {
        Map<String, NDArray> state = new HashMap<>();
        for (int i = 0; i < names.size(); i++) {
            state.put(FIRST_MOMENT + names.get(i), firstMoments.get(i));
            state.put(SECOND_MOMENT + names.get(i), secondMoments.get(i));
            state.put(STEPS + names.get(i), steps.get(i));
        }
        return state;
    }

    @Override
    public void close() {
        manager.close();
    }
}
