package dev.preflow.trainer.ppo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.pipeline.PipelineModels;
import dev.preflow.models.scheduler.DdimRun;
import dev.preflow.models.scheduler.DdimScheduler;
import dev.preflow.models.scheduler.GaussianStep;
import dev.preflow.models.tensor.Autograd;
import dev.preflow.models.tensor.Execution;
import dev.preflow.models.tensor.Ops;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.Recomputation;
import dev.preflow.models.unet.Conditioning;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * PPO's clipped surrogate of denoising steps (Schulman et al. 2017; Black et al. 2024, section 4.3) with a charge for the
 * divergence from a reference.
 */
final class Surrogate {
    private static final float PROBE = 1e-3f;

    private final PipelineModels models;
    private final Parameters policy;
    private final Parameters reference;
    private final DdimRun run;
    private final int[] timesteps;
    private final float[] stepWeights;
    private final PpoOptions options;

    Surrogate(PipelineModels models, Parameters policy, Parameters reference, RolloutForm form, PpoOptions options) {
        this.models = models;
        this.policy = policy;
        this.reference = reference;
        this.options = options;
        this.run = new DdimScheduler(models.scheduler()).run(form.steps(), form.stochasticSteps(), form.eta());
        for (int k = 0; k < form.stochasticSteps(); k++) {
            if (!run.isStochastic(k)) {
                throw new IllegalArgumentException(
                        "Step " + k + " of " + form
                                + " draws no noise under this model's scheduler, so it cannot be trained: give fewer stochastic steps");
            }
        }
        this.timesteps = run.timesteps();
        this.stepWeights = stepWeights(form.stochasticSteps());
    }

    /**
     * What one micro-batch measured.
     *
     * @param logRatios of the pairs, in their order
     * @param kl divergences from the reference, in the same order
     */
    record Measured(float[] logRatios, float[] kl) {}

    /** Timesteps of the form's steps, from noisy to clean. */
    int[] timesteps() {
        return timesteps.clone();
    }

    /** Shape of one latent, C×H×W. */
    long[] latentShape() {
        return models.latentShape().getShape();
    }

    /** Weight of a step in the loss. */
    float stepWeight(int step) {
        return stepWeights[step];
    }

    /** Weight of a pair in the loss: guidance moves the network's output by as much more, which is undone, too. */
    float weight(TrainedPair pair) {
        return stepWeight(pair.step()) / Math.max(1, pair.sample().guidanceScale());
    }

    /**
     * Adds the gradients of a micro-batch's share of the loss.
     *
     * @param pairs the guided ones before the others
     * @param share the pairs' weight in the optimiser step, 1 / its number of pairs, times a scale that the gradients are
     *     divided by afterwards
     */
    Measured backward(List<TrainedPair> pairs, double share) {
        try (NDManager step = policy.manager().newSubManager()) {
            NDArray latents = array(step, pairs, true);
            NDArray next = array(step, pairs, false);
            int[] indices = pairs.stream().mapToInt(TrainedPair::step).toArray();
            NDArray old = perPair(step, pairs, TrainedPair::logProbability);
            NDArray advantage = perPair(step, pairs, TrainedPair::advantage);
            NDArray weight = perPair(step, pairs, this::weight);
            NDArray referenceMean = distribution(reference, latents, indices, pairs, Execution.SCOPED)
                    .mean();
            try (Autograd on = Autograd.enabled()) {
                Execution blocks = options.recompute() ? new Recomputation() : Execution.SCOPED;
                GaussianStep now = distribution(policy, latents, indices, pairs, blocks);
                NDArray logRatio = now.logProbability(next).sub(old);
                NDArray ratio = logRatio.exp();
                NDArray clipped = Ops.clamp(ratio, 1 - options.clipRange(), 1 + options.clipRange());
                NDArray gain = Ops.minimum(ratio.mul(advantage), clipped.mul(advantage))
                        .mul(weight);
                NDArray kl = now.divergence(referenceMean);
                NDArray loss = Ops.scale(
                        Ops.scale(kl, options.klCoefficient()).sub(gain).sum(), share);
                Autograd.backward(loss);
                blocks.backward();
                return new Measured(logRatio.toFloatArray(), kl.toFloatArray());
            }
        }
    }

    private GaussianStep distribution(
            Parameters weights, NDArray latents, int[] indices, List<TrainedPair> pairs, Execution blocks) {
        int guided = (int) pairs.stream().filter(pair -> pair.sample().guided()).count();
        float[] scales = new float[guided];
        for (int i = 0; i < guided; i++) {
            scales[i] = pairs.get(i).sample().guidanceScale();
        }
        // led away from no text, as the generators draw
        List<@Nullable String> texts = new ArrayList<>(Collections.nCopies(guided, null));
        pairs.forEach(pair -> texts.add(pair.sample().prompt()));
        double[] at = Arrays.stream(indices).mapToDouble(k -> timesteps[k]).toArray();
        Conditioning text = models.encodePrompts(weights, latents.getManager(), texts);
        NDArray output = models.predict(weights, latents, at, text, scales, blocks);
        return run.distribution(indices, output, latents);
    }

    private NDArray array(NDManager step, List<TrainedPair> pairs, boolean before) {
        int size = Math.toIntExact(models.latentShape().size());
        float[] values = new float[pairs.size() * size];
        for (int i = 0; i < pairs.size(); i++) {
            float[] latents = before ? pairs.get(i).latents() : pairs.get(i).next();
            System.arraycopy(latents, 0, values, i * size, size);
        }
        return step.create(values, new Shape(pairs.size()).addAll(models.latentShape()));
    }

    private static NDArray perPair(NDManager step, List<TrainedPair> pairs, ToDoubleFunction<TrainedPair> value) {
        float[] values = new float[pairs.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) value.applyAsDouble(pairs.get(i));
        }
        return step.create(values);
    }

    /**
     * The gradient of a step's log-probability is in proportion to {@code |c| / std}, where the step's mean moves by {@code c}
     * per unit of the network's output: some steps would drown the others. The weights, of mean 1, undo that.
     */
    private float[] stepWeights(int steps) {
        float[] weights = new float[steps];
        double sum = 0;
        try (NDManager manager = policy.manager().newSubManager()) {
            NDArray zero = manager.zeros(new Shape(1, 1, 1, 1));
            // small enough that no clipping of the predicted clean sample bends the mean
            NDArray little = zero.add(PROBE);
            for (int k = 0; k < steps; k++) {
                GaussianStep step = run.distribution(new int[] {k}, little, zero);
                weights[k] = run.std(k) * PROBE / Math.abs(step.mean().toFloatArray()[0]);
                sum += weights[k] / steps;
            }
        }
        for (int k = 0; k < steps; k++) {
            weights[k] /= (float) sum;
        }
        return weights;
    }
}
