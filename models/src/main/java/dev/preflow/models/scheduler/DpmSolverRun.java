package dev.preflow.models.scheduler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.preflow.models.tensor.Ops;
import org.jspecify.annotations.Nullable;

/** The state of one DPM-Solver++ 2M sampling: the clean sample that the step before predicted. */
final class DpmSolverRun implements Denoising {
    private final SigmaSteps steps;
    private final PredictionType predictionType;
    private final NDManager scope;
    private @Nullable NDArray before;

    DpmSolverRun(SigmaSteps steps, PredictionType predictionType, NDManager scope) {
        this.steps = steps;
        this.predictionType = predictionType;
        this.scope = scope;
    }

    @Override
    public double[] times() {
        return steps.times().clone();
    }

    @Override
    public NDArray noisy(NDArray clean, NDArray noise) {
        return steps.noisy(clean, noise);
    }

    @Override
    public NDArray step(int index, NDArray modelOutput, NDArray sample) {
        NDArray clean = clean(index, modelOutput, sample);
        double from = steps.sigmas()[index];
        double to = steps.sigmas()[index + 1];
        boolean last = to == 0;
        NDArray direction = clean;
        if (before != null && !last) {
            // in lambda = -log(sigma): the length of the step before as a multiple of this one's
            double ratio = Math.log(steps.sigmas()[index - 1] / from) / Math.log(from / to);
            direction = clean.add(Ops.scale(clean.sub(before), 0.5 / ratio));
        }
        remember(clean);
        double scale = steps.scale(index + 1);
        return Ops.scale(sample, to * scale / (from * steps.scale(index)))
                .add(Ops.scale(direction, scale * (1 - to / from)));
    }

    private NDArray clean(int index, NDArray modelOutput, NDArray sample) {
        double signal = steps.scale(index);
        double noise = steps.sigmas()[index] * signal;
        return switch (predictionType) {
            case EPSILON -> Ops.scale(sample.sub(Ops.scale(modelOutput, noise)), 1 / signal);
            case V_PREDICTION -> Ops.scale(sample, signal).sub(Ops.scale(modelOutput, noise));
            case SAMPLE -> modelOutput;
        };
    }

    private void remember(NDArray clean) {
        if (before != null) {
            before.close();
        }
        before = clean.duplicate();
        before.attach(scope);
    }
}
