package dev.preflow.models.lora;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.tensor.Autograd;
import dev.preflow.models.tensor.Batched;
import dev.preflow.models.tensor.Noise;
import dev.preflow.models.tensor.Ops;
import dev.preflow.models.tensor.Parameters;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Adapters of some layers of a policy: per layer the parameters {@code lora_A.weight} (rank×in, or rank×in×k×k of a
 * convolution), {@code lora_B.weight} (out×rank, or out×rank×1×1) and the constant {@code alpha}, under the layer's own name.
 *
 * <p>They are a map of their own beside the base's. The policy is a {@linkplain #over view} of both; the base's map alone is
 * the policy with LoRA off.
 */
public final class Lora implements AutoCloseable {

    static final String WEIGHT = ".weight";

    private static final int LINEAR = 2;
    private static final int CONVOLUTION = 4;

    private final Parameters parameters;

    Lora(Parameters parameters) {
        this.parameters = parameters;
    }

    /**
     * New adapters, initialised as peft does: A uniform within ±1/√fan-in (Kaiming with a = √5), B zero, so that the policy
     * begins as the base. A and B require gradients.
     *
     * @param base the weights that are adapted
     * @param seed of A
     * @param parent manager below which the adapters live
     * @throws IllegalArgumentException if a target is no layer of the base
     */
    public static Lora create(Parameters base, LoraOptions options, long seed, NDManager parent) {
        List<String> modules = select(base, options.targets());
        Parameters parameters = new Parameters(parent);
        NDManager manager = parameters.manager();
        RandomGenerator random = Noise.generator(seed);
        for (String module : modules) {
            Shape weight = base.get(module + WEIGHT).getShape();
            Shape down = downShape(weight, options.rank());
            float bound = (float) (1 / Math.sqrt((double) down.size() / options.rank()));
            add(
                    parameters,
                    module,
                    Noise.uniform(manager, random, bound, down),
                    manager.zeros(upShape(weight, options.rank())),
                    options.alpha());
        }
        Lora lora = new Lora(parameters);
        parameters.trainable(name -> !name.endsWith("." + LoraLayer.ALPHA));
        return lora;
    }

    /** The shape of A beside a weight: of its inputs, and a convolution's kernel. */
    static Shape downShape(Shape weight, long rank) {
        long[] down = weight.getShape().clone();
        down[0] = rank;
        return new Shape(down);
    }

    /** The shape of B beside a weight: a 1×1 convolution behind a convolution. */
    static Shape upShape(Shape weight, long rank) {
        Shape up = new Shape(weight.get(0), rank);
        return weight.dimension() == LINEAR ? up : up.addAll(new Shape(1, 1));
    }

    /** Adds one layer's adapter. */
    static void add(Parameters parameters, String module, NDArray down, NDArray up, double alpha) {
        parameters.add(module + "." + LoraLayer.DOWN, down);
        parameters.add(module + "." + LoraLayer.UP, up);
        try (NDArray zero = parameters.manager().zeros(new Shape())) {
            parameters.add(module + "." + LoraLayer.ALPHA, zero.add((float) alpha));
        }
    }

    private static List<String> select(Parameters base, List<String> targets) {
        List<String> layers = layers(base);
        for (String target : targets) {
            if (layers.stream().noneMatch(layer -> matches(layer, target))) {
                throw new IllegalArgumentException(
                        "LoRA target '" + target + "' is no linear layer and no convolution of the base");
            }
        }
        return layers.stream()
                .filter(layer -> targets.stream().anyMatch(target -> matches(layer, target)))
                .toList();
    }

    private static boolean matches(String layer, String target) {
        return layer.equals(target) || layer.endsWith("." + target);
    }

    /** The layers that can be adapted: linear maps and convolutions. */
    static List<String> layers(Parameters base) {
        List<String> layers = new ArrayList<>();
        base.asMap().forEach((name, array) -> {
            int dimensions = array.getShape().dimension();
            boolean table = name.endsWith("_embedding" + WEIGHT);
            if (name.endsWith(WEIGHT) && !table && (dimensions == LINEAR || dimensions == CONVOLUTION)) {
                layers.add(name.substring(0, name.length() - WEIGHT.length()));
            }
        });
        return layers;
    }

    /** The adapters' parameters: what is trained, averaged and kept in checkpoints. */
    public Parameters parameters() {
        return parameters;
    }

    /** The names of the adapted layers, in order. */
    public List<String> modules() {
        String suffix = "." + LoraLayer.DOWN;
        return parameters.names().stream()
                .filter(name -> name.endsWith(suffix))
                .map(name -> name.substring(0, name.length() - suffix.length()))
                .toList();
    }

    /** The rank of a layer's adapter. */
    public int rank(String module) {
        return (int) down(module).getShape().get(0);
    }

    /** The alpha of a layer's adapter. */
    public float alpha(String module) {
        return parameters.get(module + "." + LoraLayer.ALPHA).getFloat();
    }

    NDArray down(String module) {
        return parameters.get(module + "." + LoraLayer.DOWN);
    }

    NDArray up(String module) {
        return parameters.get(module + "." + LoraLayer.UP);
    }

    /**
     * The base with these adapters on: a view of both maps, which copies nothing.
     *
     * @param base stays as it is: LoRA off
     * @param parent manager below which what is computed with the view lives
     */
    public Parameters over(Parameters base, NDManager parent) {
        return Parameters.view(parent, base, parameters);
    }

    /**
     * Adds the adapters' terms to the base's weights, which then draw the same without adapters.
     *
     * @param base is changed
     * @param strength 1 for the adapters as they were trained
     */
    public void mergeInto(Parameters base, double strength) {
        for (String module : modules()) {
            NDArray weight = base.get(module + WEIGHT);
            try (Autograd off = Autograd.disabled();
                    NDManager step = parameters.manager().newSubManager()) {
                NDArray up = up(module).reshape(weight.getShape().get(0), rank(module));
                up.attach(step);
                NDArray down = down(module).reshape(rank(module), -1);
                down.attach(step);
                NDArray term = Ops.scale(up.matMul(down), strength * alpha(module) / rank(module))
                        .reshape(weight.getShape());
                // a float32 with whatever the weight is, so that the sum is rounded once, to the weight's own precision
                NDArray sum = term.add(weight);
                Batched.copy(step, List.of(weight), List.of(sum));
            }
        }
    }

    @Override
    public void close() {
        parameters.close();
    }
}
