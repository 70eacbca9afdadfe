package dev.preflow.models.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.tensor.Noise;
import dev.preflow.models.tensor.Ops;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.Scope;
import dev.preflow.models.tensor.Torch;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Creates a network's parameters with random initial values, all from one seed.
 *
 * <p>Weights are uniform with variance gain²/fan-in (LeCun et al. 1998), biases zero. Layers that end a residual branch take
 * a gain below 1, so that a deep network starts close to the identity.
 */
public final class Initializer {

    /** The gain of a layer that ends a residual branch. */
    public static final double RESIDUAL = 0.3;

    private final RandomGenerator random;
    private final @Nullable NavigableMap<String, Shape> shapes;

    /** Draws from a generator seeded with {@code seed}; arrays are made in the parameters' manager. */
    public Initializer(long seed) {
        this.random = Noise.generator(seed);
        this.shapes = null;
    }

    private Initializer(NavigableMap<String, Shape> shapes) {
        this.random = Noise.generator(0);
        this.shapes = shapes;
    }

    /**
     * The names and shapes of a network's parameters, without their memory.
     *
     * @param network creates the parameters in the scope, which is empty
     */
    public static NavigableMap<String, Shape> shapes(BiConsumer<Initializer, Scope> network) {
        NavigableMap<String, Shape> shapes = new TreeMap<>();
        try (NDManager manager = Torch.newManager()) {
            network.accept(new Initializer(shapes), new Parameters(manager).root());
        }
        return shapes;
    }

    /** A linear map with bias. */
    public void linear(Scope p, int in, int out, double gain) {
        weight(p, gain, in, out, in);
        zeros(p, "bias", out);
    }

    /** A linear map without bias. */
    public void linearWithoutBias(Scope p, int in, int out) {
        weight(p, 1, in, out, in);
    }

    /** A convolution with a square kernel and bias. */
    public void conv(Scope p, int in, int out, int kernel, double gain) {
        weight(p, gain, in * kernel * kernel, out, in, kernel, kernel);
        zeros(p, "bias", out);
    }

    /** A normalisation: scale one, shift zero. */
    public void norm(Scope p, int channels) {
        add(p, "weight", NDManager::ones, channels);
        zeros(p, "bias", channels);
    }

    /** A table of normal numbers under a name of its own. */
    public void normal(Scope p, String name, double deviation, long... shape) {
        add(
                p,
                name,
                (manager, size) -> {
                    try (NDArray standard = Noise.normal(manager, random, size)) {
                        return Ops.scale(standard, deviation);
                    }
                },
                shape);
    }

    /** Zeros under a name of its own. */
    public void zeros(Scope p, String name, long... shape) {
        add(p, name, NDManager::zeros, shape);
    }

    private void weight(Scope p, double gain, int fanIn, long... shape) {
        float bound = (float) (gain * Math.sqrt(3.0 / fanIn));
        add(p, "weight", (manager, size) -> Noise.uniform(manager, random, bound, size), shape);
    }

    private void add(Scope p, String name, BiFunction<NDManager, Shape, NDArray> values, long... shape) {
        Shape size = new Shape(shape);
        if (shapes == null) {
            p.add(name, values.apply(p.parameters().manager(), size));
        } else {
            shapes.put(p.prefix() + name, size);
        }
    }
}
