package dev.preflow.models.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Random numbers from explicit seeds.
 *
 * <p>PyTorch has one global generator that all threads share and whose state cannot be read. Everything that must be
 * re-creatable (an image from its seed, a resumed training run) takes its noise from here: the same seed gives the same
 * numbers whatever runs beside it, and whatever batch it is in.
 */
public final class Noise {

    private static final RandomGeneratorFactory<RandomGenerator> ALGORITHM =
            RandomGeneratorFactory.of("L64X128MixRandom");

    private Noise() {}

    /** A new generator. */
    public static RandomGenerator generator(long seed) {
        return ALGORITHM.create(seed);
    }

    /** A seed for one purpose out of many, such as a step of a run, by SplitMix64's mixing of both numbers. */
    public static long derive(long seed, long purpose) {
        long z = mix(seed + 0x9E3779B97F4A7C15L) + purpose;
        return mix(z + 0x9E3779B97F4A7C15L);
    }

    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** Standard normal numbers, float32. */
    public static NDArray normal(NDManager manager, long seed, Shape shape) {
        return normal(manager, generator(seed), shape);
    }

    /** Standard normal numbers, float32, drawn from a running generator. */
    public static NDArray normal(NDManager manager, RandomGenerator random, Shape shape) {
        float[] values = new float[Math.toIntExact(shape.size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return array(manager, values, shape);
    }

    /**
     * Standard normal numbers for a batch in which every item has a seed of its own, float32.
     *
     * @param item shape of one item
     * @return as many items as there are seeds
     */
    public static NDArray normalBatch(NDManager manager, long[] seeds, Shape item) {
        int size = Math.toIntExact(item.size());
        float[] values = new float[Math.multiplyExact(seeds.length, size)];
        for (int b = 0; b < seeds.length; b++) {
            RandomGenerator random = generator(seeds[b]);
            for (int i = 0; i < size; i++) {
                values[b * size + i] = (float) random.nextGaussian();
            }
        }
        return array(manager, values, new Shape(seeds.length).addAll(item));
    }

    /** Numbers uniform in [-bound, bound), float32, drawn from a running generator. */
    public static NDArray uniform(NDManager manager, RandomGenerator random, float bound, Shape shape) {
        float[] values = new float[Math.toIntExact(shape.size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (2 * random.nextFloat() - 1) * bound;
        }
        return array(manager, values, shape);
    }

    /** An array with memory of its own: views of one over a Java buffer can outlive the buffer. */
    private static NDArray array(NDManager manager, float[] values, Shape shape) {
        try (NDArray borrowed = manager.create(values, shape)) {
            return borrowed.duplicate();
        }
    }
}
