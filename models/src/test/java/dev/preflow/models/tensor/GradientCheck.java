package dev.preflow.models.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.function.Supplier;
import org.assertj.core.data.Offset;

/** Compares gradients of float64 arrays with central differences. */
public final class GradientCheck {

    private static final double STEP = 1e-5;

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

    /** Checks the gradient of a loss with respect to every parameter along a random direction. */
    public static void check(Parameters parameters, Supplier<NDArray> loss) {
        check(loss, parameters.asMap().values().toArray(NDArray[]::new));
    }

    /** Checks the gradient of a loss with respect to each array along a random direction in all its dimensions. */
    public static void check(Supplier<NDArray> loss, NDArray... variables) {
        try (Autograd on = Autograd.enabled()) {
            Autograd.backward(loss.get());
        }
        try (Autograd off = Autograd.disabled()) {
            for (int i = 0; i < variables.length; i++) {
                NDArray variable = variables[i];
                NDArray direction =
                        variable(variable.getManager(), i, variable.getShape().getShape());
                double analytic = variable.getGradient().mul(direction).sum().getDouble();
                double numeric = difference(loss, variable, direction);
                assertThat(analytic)
                        .as("gradient of variable %d of shape %s", i, variable.getShape())
                        .isCloseTo(numeric, Offset.offset(1e-6 + 1e-5 * Math.abs(numeric)));
            }
        }
    }

    private static double difference(Supplier<NDArray> loss, NDArray variable, NDArray direction) {
        NDArray before = variable.duplicate();
        variable.addi(direction.mul(STEP));
        double above = loss.get().getDouble();
        variable.subi(direction.mul(2 * STEP));
        double below = loss.get().getDouble();
        before.copyTo(variable);
        return (above - below) / (2 * STEP);
    }
}
