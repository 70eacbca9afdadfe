package dev.preflow.models.scheduler;

import ai.djl.ndarray.NDArray;
import dev.preflow.models.tensor.Ops;
import java.util.Arrays;

/**
 * One sampling by Euler's method. Samples have unit variance between the steps; within a step they are taken to the scale of
 * unit signal and back.
 */
final class EulerRun implements Denoising {
    private final SigmaSteps steps;
    private final PredictionType predictionType;
    private final boolean unitStart;
    private final boolean ancestral;

    /** @param unitStart whether the first sample has unit variance, else its noise alone has the first level */
    EulerRun(SigmaSteps steps, PredictionType predictionType, boolean unitStart, boolean ancestral) {
        this.steps = steps;
        this.predictionType = predictionType;
        this.unitStart = unitStart;
        this.ancestral = ancestral;
    }

    @Override
    public double[] times() {
        return steps.times().clone();
    }

    @Override
    public double initialScale() {
        return unitStart ? 1 : steps.sigmas()[0] * steps.scale(0);
    }

    @Override
    public boolean isStochastic(int index) {
        return up(index) > 0;
    }

    /** The noise that an ancestral step adds again. */
    private double up(int index) {
        double from = steps.sigmas()[index];
        double to = steps.sigmas()[index + 1];
        return ancestral ? Math.sqrt(to * to * (from * from - to * to) / (from * from)) : 0;
    }

    @Override
    public NDArray noisy(NDArray clean, NDArray noise) {
        return steps.noisy(clean, noise);
    }

    @Override
    public NDArray step(int index, NDArray modelOutput, NDArray sample) {
        if (isStochastic(index)) {
            throw new IllegalStateException("Step " + index + " is stochastic: draw from its distribution");
        }
        return move(index, modelOutput, sample, steps.sigmas()[index + 1]);
    }

    @Override
    public GaussianStep distribution(int index, NDArray modelOutput, NDArray sample) {
        double up = up(index);
        double to = steps.sigmas()[index + 1];
        NDArray mean = move(index, modelOutput, sample, Math.sqrt(to * to - up * up));
        float[] std = new float[Math.toIntExact(sample.getShape().get(0))];
        Arrays.fill(std, (float) (up * steps.scale(index + 1)));
        return new GaussianStep(mean, PerSample.tensor(sample, std));
    }

    private NDArray move(int index, NDArray modelOutput, NDArray sample, double down) {
        double sigma = steps.sigmas()[index];
        double scale = steps.scale(index);
        // the slope (x - clean) / sigma of x = sample / scale, in shares of the sample and of the network's answer
        double ofSample = predictionType == PredictionType.EPSILON ? 0 : sigma * scale;
        double ofOutput = predictionType == PredictionType.EPSILON ? 1 : scale;
        double way = down - sigma;
        // added up before the arrays are touched: at high levels the terms all but cancel
        double next = steps.scale(index + 1);
        return Ops.scale(sample, next * (1 / scale + way * ofSample))
                .add(Ops.scale(modelOutput, next * way * ofOutput));
    }
}
