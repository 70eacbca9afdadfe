package dev.preflow.models.scheduler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.preflow.models.tensor.Ops;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** The state of one PLMS sampling: the last four noise predictions and the sample of the doubled first step. */
final class PlmsRun implements Denoising {
    /** Adams-Bashforth weights by number of predictions, newest first. */
    private static final double[][] WEIGHTS = {
        {1}, {3 / 2.0, -1 / 2.0}, {23 / 12.0, -16 / 12.0, 5 / 12.0}, {55 / 24.0, -59 / 24.0, 37 / 24.0, -9 / 24.0}
    };

    private final NoiseSchedule schedule;
    private final NDManager scope;
    private final int[] timesteps;
    private final int stride;
    private final Deque<NDArray> predictions = new ArrayDeque<>();
    private @Nullable NDArray firstSample;

    PlmsRun(NoiseSchedule schedule, NDManager scope, int[] timesteps, int stride) {
        this.schedule = schedule;
        this.scope = scope;
        this.timesteps = timesteps;
        this.stride = stride;
    }

    @Override
    public double[] times() {
        return Arrays.stream(timesteps).asDoubleStream().toArray();
    }

    @Override
    public NDArray noisy(NDArray clean, NDArray noise) {
        return schedule.addNoise(clean, noise, timesteps[0]);
    }

    @Override
    public NDArray step(int index, NDArray modelOutput, NDArray sample) {
        if (index == 0) {
            firstSample = keep(sample);
        }
        if (index == 1 && firstSample != null) {
            return correctFirst(index, modelOutput, sample, firstSample);
        }
        predictions.addFirst(keep(modelOutput));
        if (predictions.size() > WEIGHTS.length) {
            predictions.removeLast().close();
        }
        double[] weights = WEIGHTS[predictions.size() - 1];
        NDArray blended = Ops.scale(modelOutput, weights[0]);
        int newer = 0;
        for (NDArray prediction : predictions) {
            if (newer > 0) {
                blended = blended.add(Ops.scale(prediction, weights[newer]));
            }
            newer++;
        }
        return transfer(sample, blended, timesteps[index], timesteps[index] - stride);
    }

    /** The second call of the first step: averages both predictions and starts again from the first sample (Heun). */
    private NDArray correctFirst(int index, NDArray modelOutput, NDArray sample, NDArray start) {
        NDArray averaged = Ops.scale(modelOutput.add(predictions.getFirst()), 0.5);
        NDArray from = start.duplicate();
        from.attach(sample.getManager());
        start.close();
        firstSample = null;
        return transfer(from, averaged, timesteps[index] + stride, timesteps[index]);
    }

    /** Liu et al. 2022, equation 9: moves a sample between timesteps along the predicted noise. */
    private NDArray transfer(NDArray sample, NDArray modelOutput, int timestep, int previous) {
        double from = schedule.alphaBar(timestep);
        double to = schedule.alphaBar(previous);
        NDArray noise = schedule.predictionType() == PredictionType.V_PREDICTION
                ? Ops.scale(modelOutput, Math.sqrt(from)).add(Ops.scale(sample, Math.sqrt(1 - from)))
                : modelOutput;
        double denominator = from * Math.sqrt(1 - to) + Math.sqrt(from * (1 - from) * to);
        return Ops.scale(sample, Math.sqrt(to / from)).sub(Ops.scale(noise, (to - from) / denominator));
    }

    private NDArray keep(NDArray array) {
        NDArray kept = array.duplicate();
        kept.attach(scope);
        return kept;
    }
}
