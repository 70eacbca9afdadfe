package dev.preflow.models.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.tensor.Noise;
import dev.preflow.models.tensor.Scope;
import java.util.random.RandomGenerator;

/**
 * Creates a network's parameters with random initial values, all from one seed.
 *
 * <p>Weights are uniform with variance gain²/fan-in (LeCun et al. 1998), biases zero. Layers that end a residual branch take
 * a gain below 1, so that a deep network starts close to the identity.
 */
public final class Initializer {

    /** The gain of a layer that ends a residual branch. */
    public static final double RESIDUAL = 0.3;

    private final NDManager manager;
    private final RandomGenerator random;

    /** Draws from a generator seeded with {@code seed}; arrays are made in the parameters' manager. */
    public Initializer(Scope p, long seed) {
        this.manager = p.parameters().manager();
        this.random = Noise.generator(seed);
    }

    /** A linear map with bias. */
    public void linear(Scope p, int in, int out, double gain) {
        p.add("weight", weight(gain, in, out, in));
        zeros(p, "bias", out);
    }

    /** A linear map without bias. */
    public void linearWithoutBias(Scope p, int in, int out) {
        p.add("weight", weight(1, in, out, in));
    }

    /** A convolution with a square kernel and bias. */
    public void conv(Scope p, int in, int out, int kernel, double gain) {
        p.add("weight", weight(gain, in * kernel * kernel, out, in, kernel, kernel));
        zeros(p, "bias", out);
    }

    /** A normalisation: scale one, shift zero. */
    public void norm(Scope p, int channels) {
        p.add("weight", manager.ones(new Shape(channels)));
        zeros(p, "bias", channels);
    }

    /** A table of normal numbers under a name of its own. */
    public void normal(Scope p, String name, double deviation, long... shape) {
        try (NDArray standard = Noise.normal(manager, random, new Shape(shape))) {
            p.add(name, standard.mul(deviation));
        }
    }

    /** Zeros under a name of its own. */
    public void zeros(Scope p, String name, long... shape) {
        p.add(name, manager.zeros(new Shape(shape)));
    }

    private NDArray weight(double gain, int fanIn, long... shape) {
        return Noise.uniform(manager, random, (float) (gain * Math.sqrt(3.0 / fanIn)), new Shape(shape));
    }
}
