package dev.preflow.models.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.assertj.core.data.Offset;

/** Compares gradients of float64 arrays with central differences. */
public final class GradientCheck {

    private static final double STEP = 1e-5;
    private static final int SAMPLES = 6;

    private GradientCheck() {}

    /** An array of random numbers that requires a gradient. */
    public static NDArray variable(NDManager manager, long seed, long... shape) {
        NDArray array = Noise.normal(manager, seed, new Shape(shape)).toType(DataType.FLOAT64, false);
        array.setRequiresGradient(true);
        return array;
    }

    /** Turns all parameters into float64 variables of the same names. */
    public static Parameters variables(Parameters parameters) {
        Parameters doubles = new Parameters(parameters.manager().getParentManager());
        parameters.asMap().forEach((name, array) -> doubles.add(name, array.toType(DataType.FLOAT64, true)));
        doubles.trainable(name -> true);
        return doubles;
    }

    /** Checks the gradient of a loss with respect to every parameter at a few random places. */
    public static void check(Parameters parameters, Supplier<NDArray> loss) {
        check(loss, parameters.asMap().values().toArray(NDArray[]::new));
    }

    /** Checks the gradient of a loss with respect to the arrays at a few random places each. */
    public static void check(Supplier<NDArray> loss, NDArray... variables) {
        try (Autograd on = Autograd.enabled()) {
            Autograd.backward(loss.get());
        }
        RandomGenerator random = Noise.generator(5);
        for (NDArray variable : variables) {
            double[] analytic = variable.getGradient().toDoubleArray();
            for (int sample = 0; sample < Math.min(SAMPLES, analytic.length); sample++) {
                int index = random.nextInt(analytic.length);
                double numeric = difference(loss, variable, index);
                assertThat(analytic[index])
                        .as("gradient of %s%s at %d", variable.getName(), variable.getShape(), index)
                        .isCloseTo(numeric, Offset.offset(1e-6 + 1e-4 * Math.abs(numeric)));
            }
        }
    }

    private static double difference(Supplier<NDArray> loss, NDArray variable, int index) {
        try (Autograd off = Autograd.disabled()) {
            NDArray before = variable.duplicate();
            NDArray change = variable.getManager().zeros(new Shape(variable.size()), DataType.FLOAT64);
            change.set(new NDIndex(index), STEP);
            NDArray direction = change.reshape(variable.getShape());
            variable.addi(direction);
            double above = loss.get().getDouble();
            variable.subi(direction.mul(2));
            double below = loss.get().getDouble();
            before.copyTo(variable);
            return (above - below) / (2 * STEP);
        }
    }
}
