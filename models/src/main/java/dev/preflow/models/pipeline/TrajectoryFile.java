package dev.preflow.models.pipeline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.weights.SafetensorsReader;
import dev.preflow.models.weights.SafetensorsWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * A {@link Trajectory} as a safetensors file: {@code latents} [steps + 1, C, H, W] and {@code log_probabilities}
 * [stochastic steps] in float32, {@code timesteps} [steps] in int64. Who draws and who trains meet in this form.
 */
public final class TrajectoryFile {

    private static final String LATENTS = "latents";
    private static final String TIMESTEPS = "timesteps";
    private static final String LOG_PROBABILITIES = "log_probabilities";
    private static final int LATENT_RANK = 4;

    private TrajectoryFile() {}

    /**
     * Writes a trajectory; equal trajectories give equal bytes.
     *
     * @param parent manager for the arrays that it takes for a moment
     */
    public static byte[] encode(Trajectory trajectory, NDManager parent) {
        int count = trajectory.latents().length;
        int size = trajectory.latents()[0].length;
        float[] latents = new float[count * size];
        for (int i = 0; i < count; i++) {
            System.arraycopy(trajectory.latents()[i], 0, latents, i * size, size);
        }
        long[] timesteps = LongStream.range(0, trajectory.timesteps().length)
                .map(i -> trajectory.timesteps()[(int) i])
                .toArray();
        try (NDManager manager = parent.newSubManager()) {
            return SafetensorsWriter.toBytes(
                    Map.of(
                            LATENTS,
                            manager.create(latents, new Shape(count).addAll(new Shape(trajectory.shape()))),
                            TIMESTEPS,
                            manager.create(timesteps),
                            LOG_PROBABILITIES,
                            manager.create(trajectory.logProbabilities())),
                    Map.of());
        }
    }

    /**
     * Reads a trajectory.
     *
     * @param parent manager for the arrays that it takes for a moment
     * @throws IllegalArgumentException naming the file, when it is no trajectory
     */
    public static Trajectory read(Path file, NDManager parent) {
        try (SafetensorsReader reader = SafetensorsReader.open(file);
                NDManager manager = parent.newSubManager()) {
            NDArray latents = reader.read(LATENTS, manager);
            long[] shape = latents.getShape().getShape();
            long[] timesteps = reader.read(TIMESTEPS, manager).toLongArray();
            float[] logs = reader.read(LOG_PROBABILITIES, manager).toFloatArray();
            if (shape.length != LATENT_RANK || shape[0] != timesteps.length + 1 || logs.length > timesteps.length) {
                throw new IllegalArgumentException("%s is no trajectory: latents %s, %d timesteps, %d log-probabilities"
                        .formatted(file, latents.getShape(), timesteps.length, logs.length));
            }
            long[] own = {shape[1], shape[2], shape[3]};
            return new Trajectory(own, rows(latents.toFloatArray(), timesteps.length + 1), ints(timesteps), logs);
        }
    }

    private static float[][] rows(float[] values, int count) {
        int size = values.length / count;
        float[][] rows = new float[count][size];
        for (int i = 0; i < count; i++) {
            System.arraycopy(values, i * size, rows[i], 0, size);
        }
        return rows;
    }

    private static int[] ints(long[] values) {
        return LongStream.of(values).mapToInt(Math::toIntExact).toArray();
    }
}
