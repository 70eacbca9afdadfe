package dev.preflow.models.scheduler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import dev.preflow.models.tensor.Ops;

/**
 * The isotropic Gaussian that one denoising step of each sample of a batch draws from, in float32.
 *
 * @param mean {@code [B, C, H, W]}
 * @param std {@code [B, 1, 1, 1]}; 0 where a step is deterministic
 */
public record GaussianStep(NDArray mean, NDArray std) {
    private static final double HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

    /** {@code mean + std noise}, for standard normal noise of the mean's shape. */
    public NDArray draw(NDArray noise) {
        return mean.add(noise.mul(std));
    }

    /**
     * The log-density of given next samples, averaged (not summed) over the dimensions of a sample, as DDPO's code does
     * (Black et al. 2024).
     *
     * @param next {@code [B, C, H, W]}
     * @return {@code [B]}, float32; gradients flow through the mean
     * @throws IllegalArgumentException if a step is deterministic, for it has no density
     */
    public NDArray logProbability(NDArray next) {
        requireDensity(next);
        NDArray standardised = mean.sub(next).div(std);
        return averaged(Ops.scale(standardised.square(), -0.5))
                .sub(std.log().add(HALF_LOG_TWO_PI).reshape(-1));
    }

    /**
     * The divergence from another step of equal standard deviation: {@code (mean - other)^2 / (2 std^2)}, averaged over the
     * dimensions of a sample.
     *
     * @param other the other step's mean, {@code [B, C, H, W]}
     * @return {@code [B]}
     */
    public NDArray divergence(NDArray other) {
        requireDensity(other);
        return averaged(Ops.scale(mean.sub(other).div(std).square(), 0.5));
    }

    private void requireDensity(NDArray other) {
        // half precision would make the ratio of equal policies differ from 1
        if (mean.getDataType() != DataType.FLOAT32 || other.getDataType() != DataType.FLOAT32) {
            throw new IllegalArgumentException(
                    "Log-probabilities need float32, got " + mean.getDataType() + " and " + other.getDataType());
        }
        for (float value : std.toFloatArray()) {
            if (!(value > 0)) {
                throw new IllegalArgumentException(
                        "A deterministic step has no density: ask for stochastic steps only");
            }
        }
    }

    private static NDArray averaged(NDArray values) {
        return values.reshape(values.getShape().get(0), -1).mean(new int[] {1});
    }
}
