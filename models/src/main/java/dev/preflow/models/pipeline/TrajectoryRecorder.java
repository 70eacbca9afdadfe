package dev.preflow.models.pipeline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Collects the trajectories of one batch. */
final class TrajectoryRecorder {

    private final long[] shape;
    private final List<float[]> latents = new ArrayList<>();
    private final List<float[]> logProbabilities = new ArrayList<>();
    private int[] timesteps = {};

    TrajectoryRecorder(Shape shape) {
        this.shape = shape.getShape();
    }

    void start(int[] steps, NDArray first) {
        timesteps = steps;
        latents.add(first.toFloatArray());
    }

    void deterministic(NDArray next) {
        latents.add(next.toFloatArray());
    }

    void stochastic(NDArray next, NDArray logProbability) {
        latents.add(next.toFloatArray());
        logProbabilities.add(logProbability.toFloatArray());
    }

    /** The trajectory of one item of the batch. */
    Trajectory of(int item) {
        int size = Math.toIntExact(new Shape(shape).size());
        float[][] own = latents.stream()
                .map(all -> Arrays.copyOfRange(all, item * size, (item + 1) * size))
                .toArray(float[][]::new);
        float[] logs = new float[logProbabilities.size()];
        for (int i = 0; i < logs.length; i++) {
            logs[i] = logProbabilities.get(i)[item];
        }
        return new Trajectory(shape.clone(), own, timesteps.clone(), logs);
    }
}
