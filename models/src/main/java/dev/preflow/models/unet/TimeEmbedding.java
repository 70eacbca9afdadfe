package dev.preflow.models.unet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.nn.Initializer;
import dev.preflow.models.nn.Layers;
import dev.preflow.models.tensor.Ops;
import dev.preflow.models.tensor.Scope;

/**
 * Sinusoids of the timestep (Ho et al. 2020) through two linear layers: diffusers' {@code Timesteps} and
 * {@code TimestepEmbedding}.
 *
 * @param sinusoids number of sinusoids, even
 * @param channels of the embedding
 * @param cosinesFirst diffusers' {@code flip_sin_to_cos}
 * @param shift diffusers' {@code freq_shift}
 */
record TimeEmbedding(int sinusoids, int channels, boolean cosinesFirst, int shift) {

    private static final double LONGEST_PERIOD = 10_000;

    void initialize(Initializer init, Scope p) {
        init.linear(p.scope("linear_1"), sinusoids, channels, 1);
        init.linear(p.scope("linear_2"), channels, channels, 1);
    }

    /** The embedding after the SiLU with which every residual block begins, N×channels. */
    NDArray forward(Scope p, NDManager manager, double[] timesteps) {
        DataType type = p.get("linear_1.weight").getDataType();
        NDArray waves = manager.create(waves(timesteps), new Shape(timesteps.length, sinusoids));
        NDArray typed = type == DataType.FLOAT32 ? waves : Ops.cast(waves, type);
        NDArray hidden = Ops.silu(Layers.linear(p.scope("linear_1"), typed));
        return Ops.silu(Layers.linear(p.scope("linear_2"), hidden));
    }

    private float[] waves(double[] timesteps) {
        int half = sinusoids / 2;
        float[] waves = new float[timesteps.length * sinusoids];
        for (int b = 0; b < timesteps.length; b++) {
            int row = b * sinusoids;
            for (int i = 0; i < half; i++) {
                double angle = timesteps[b] * Math.exp(-Math.log(LONGEST_PERIOD) * i / (half - shift));
                waves[row + (cosinesFirst ? i : half + i)] = (float) Math.cos(angle);
                waves[row + (cosinesFirst ? half + i : i)] = (float) Math.sin(angle);
            }
        }
        return waves;
    }
}
