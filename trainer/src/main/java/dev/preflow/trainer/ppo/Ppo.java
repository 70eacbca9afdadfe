package dev.preflow.trainer.ppo;

import dev.preflow.models.optim.AdamW;
import dev.preflow.models.pipeline.PipelineModels;
import dev.preflow.models.pipeline.Trajectory;
import dev.preflow.models.tensor.Parameters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Updates a policy from groups of rollouts. Deterministic: the same policy, groups and seed give the same policy. */
public final class Ppo {
    private final Parameters policy;
    private final AdamW optimiser;
    private final Surrogate surrogate;
    private final RolloutForm form;
    private final PpoOptions options;
    private final Advantages advantages;

    /**
     * A method of updating.
     *
     * @param models the networks
     * @param policy is updated where it requires gradients
     * @param reference what the divergence is measured from, usually the base's weights
     * @param optimiser of the policy
     * @param form how the rollouts were drawn
     */
    public Ppo(
            PipelineModels models,
            Parameters policy,
            Parameters reference,
            AdamW optimiser,
            RolloutForm form,
            Advantages advantages,
            PpoOptions options) {
        this.policy = policy;
        this.optimiser = optimiser;
        this.form = form;
        this.advantages = advantages;
        this.options = options;
        this.surrogate = new Surrogate(models, policy, reference, form, options);
    }

    /**
     * Does one iteration.
     *
     * @param groups images of one prompt each
     * @param update number of optimiser steps taken before, for the learning rate
     * @param seed of the order of the pairs
     * @return what was done; the number of optimiser steps taken is {@link #steps}
     * @throws IllegalArgumentException if a group is not {@linkplain #requireTrainable trainable}; nothing has changed then
     * @throws dev.preflow.models.optim.NonFiniteException if a gradient is NaN or infinite
     * @throws InterruptedException if the thread is interrupted, which is looked at before every micro-batch; the policy is
     *     somewhere on its way then
     */
    public UpdateReport iterate(List<List<Sample>> groups, long update, long seed) throws InterruptedException {
        groups.forEach(this::requireTrainable);
        List<TrainedPair> pairs = new ArrayList<>();
        int skipped = 0;
        for (List<Sample> group : groups) {
            float[] values = advantages.of(group).orElse(null);
            if (values == null) {
                skipped++;
                continue;
            }
            for (int i = 0; i < values.length; i++) {
                for (int step = 0; step < form.stochasticSteps(); step++) {
                    pairs.add(new TrainedPair(group.get(i), step, values[i]));
                }
            }
        }
        Collections.shuffle(pairs, new Random(seed));
        Tally tally = new Tally(options.clipRange());
        int chunks = steps(pairs.size());
        for (int chunk = 0; chunk < chunks; chunk++) {
            List<TrainedPair> part = pairs.subList(
                    (int) ((long) pairs.size() * chunk / chunks), (int) ((long) pairs.size() * (chunk + 1) / chunks));
            accumulate(part, tally, chunk == 0);
            tally.norm(optimiser.step(options.learningRate().at(update + chunk), options.maxNorm()));
        }
        return tally.report(groups, skipped);
    }

    /** How many optimiser steps an iteration over so many pairs takes: none if there is nothing to learn from. */
    public int steps(int pairs) {
        return Math.min(options.updates(), pairs);
    }

    private void accumulate(List<TrainedPair> pairs, Tally tally, boolean first) throws InterruptedException {
        policy.zeroGradients();
        for (int from = 0; from < pairs.size(); from += options.microBatch()) {
            if (Thread.interrupted()) {
                throw new InterruptedException("Interrupted within an iteration");
            }
            List<TrainedPair> micro = pairs.subList(from, Math.min(from + options.microBatch(), pairs.size()));
            tally.add(micro, surrogate.backward(micro, 1.0 / pairs.size()), first);
        }
    }

    /**
     * Checks what one iteration would refuse.
     *
     * @throws IllegalArgumentException if a group has fewer than two images, mixes reward releases, has a reward that is not
     *     finite, or was drawn in another form than the one trained
     */
    public void requireTrainable(List<Sample> group) {
        advantages.of(group);
        group.forEach(sample -> requireForm(sample.trajectory()));
    }

    private void requireForm(Trajectory trajectory) {
        if (trajectory.logProbabilities().length != form.stochasticSteps()
                || !Arrays.equals(trajectory.timesteps(), surrogate.timesteps())) {
            throw new IllegalArgumentException("A rollout was drawn with "
                    + trajectory.logProbabilities().length + " stochastic steps at "
                    + Arrays.toString(trajectory.timesteps()) + ", not as " + form + " at "
                    + Arrays.toString(surrogate.timesteps()));
        }
        if (!Arrays.equals(trajectory.shape(), surrogate.latentShape())) {
            throw new IllegalArgumentException("A rollout's latents have shape " + Arrays.toString(trajectory.shape())
                    + ", the model's " + Arrays.toString(surrogate.latentShape()));
        }
    }
}
