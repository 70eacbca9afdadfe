package dev.preflow.models.unet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * Sinusoids of numbers (Vaswani et al. 2017), diffusers' {@code Timesteps}.
 *
 * @param count sinusoids per number, even
 * @param cosinesFirst diffusers' {@code flip_sin_to_cos}
 * @param shift diffusers' {@code freq_shift}
 */
record Sinusoids(int count, boolean cosinesFirst, int shift) {

    private static final double LONGEST_PERIOD = 10_000;

    /** numbers×count, float32. */
    NDArray of(NDManager manager, double[] numbers) {
        int half = count / 2;
        float[] waves = new float[numbers.length * count];
        for (int b = 0; b < numbers.length; b++) {
            int row = b * count;
            for (int i = 0; i < half; i++) {
                double angle = numbers[b] * Math.exp(-Math.log(LONGEST_PERIOD) * i / (half - shift));
                waves[row + (cosinesFirst ? i : half + i)] = (float) Math.cos(angle);
                waves[row + (cosinesFirst ? half + i : i)] = (float) Math.sin(angle);
            }
        }
        return manager.create(waves, new Shape(numbers.length, count));
    }
}
