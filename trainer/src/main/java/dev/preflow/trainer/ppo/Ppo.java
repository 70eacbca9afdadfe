package dev.preflow.trainer.ppo;

import ai.djl.Device;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.optim.AdamW;
import dev.preflow.models.optim.DataParallel;
import dev.preflow.models.pipeline.PipelineModels;
import dev.preflow.models.pipeline.Trajectory;
import dev.preflow.models.tensor.Parameters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Updates a policy from groups of rollouts. Deterministic: the same policy, groups and seed give the same policy. */
public final class Ppo implements AutoCloseable {
    private final AdamW optimiser;
    private final DataParallel workers;
    private final List<Surrogate> surrogates = new ArrayList<>();
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
     * @param devices that share the micro-batches, from the policy's own on
     */
    public Ppo(
            PipelineModels models,
            Parameters policy,
            Parameters reference,
            AdamW optimiser,
            RolloutForm form,
            Advantages advantages,
            PpoOptions options,
            List<Device> devices) {
        this.optimiser = optimiser;
        this.form = form;
        this.advantages = advantages;
        this.options = options;
        workers = new DataParallel(List.of(policy, reference), devices);
        for (int i = 0; i < workers.workers(); i++) {
            List<Parameters> replica = workers.replica(i);
            surrogates.add(new Surrogate(models, replica.get(0), replica.get(1), form, options));
        }
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
        List<Optional<float[]>> values = advantages.of(groups);
        List<TrainedPair> pairs = new ArrayList<>();
        for (int g = 0; g < groups.size(); g++) {
            float[] own = values.get(g).orElse(new float[0]);
            for (int i = 0; i < own.length; i++) {
                for (int step = 0; step < form.stochasticSteps(); step++) {
                    pairs.add(new TrainedPair(groups.get(g).get(i), step, own[i]));
                }
            }
        }
        keepTelling(pairs);
        int skipped = (int) values.stream().filter(Optional::isEmpty).count();
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

    /** Drops the images whose advantages are nearest to 0; an image's steps stay together, for the order is stable. */
    private void keepTelling(List<TrainedPair> pairs) {
        pairs.sort(Comparator.comparingDouble(pair -> -Math.abs(pair.advantage())));
        int images = pairs.size() / form.stochasticSteps();
        int kept = (int) Math.ceil(images * options.sampleShare());
        pairs.subList(kept * form.stochasticSteps(), pairs.size()).clear();
    }

    /** How many optimiser steps an iteration over so many pairs takes: none if there is nothing to learn from. */
    public int steps(int pairs) {
        return Math.min(options.updates(), pairs);
    }

    private void accumulate(List<TrainedPair> pairs, Tally tally, boolean first) throws InterruptedException {
        double scale = lossScale(pairs.size());
        List<List<TrainedPair>> micros = new ArrayList<>();
        for (int from = 0; from < pairs.size(); from += options.microBatch()) {
            List<TrainedPair> micro =
                    new ArrayList<>(pairs.subList(from, Math.min(from + options.microBatch(), pairs.size())));
            micro.sort(Comparator.comparing(pair -> !pair.sample().guided()));
            micros.add(micro);
        }
        workers.broadcast();
        workers.zero();
        for (int from = 0; from < micros.size(); from += workers.workers()) {
            if (Thread.interrupted()) {
                throw new InterruptedException("Interrupted within an iteration");
            }
            List<List<TrainedPair>> round = micros.subList(from, Math.min(from + workers.workers(), micros.size()));
            Surrogate.Measured[] measured = new Surrogate.Measured[round.size()];
            workers.accumulate((replica, worker) -> {
                if (worker < round.size()) {
                    measured[worker] = surrogates.get(worker).backward(round.get(worker), scale / pairs.size());
                }
                return 0;
            });
            for (int i = 0; i < round.size(); i++) {
                tally.add(round.get(i), measured[i], first);
            }
        }
        workers.reduce(1 / scale);
    }

    /**
     * By how much the loss is multiplied before the backward pass, so that what flows back from the network's output is of the
     * order of 1: the means over dimensions and pairs would make it vanish in half precision (Micikevicius et al. 2018). A
     * power of two, which changes no digit of a float32 gradient.
     */
    private double lossScale(int pairs) {
        long dimensions = new Shape(surrogates.get(0).latentShape()).size();
        return Long.highestOneBit(Math.max(1, dimensions * pairs));
    }

    /**
     * Checks what one iteration would refuse.
     *
     * @throws IllegalArgumentException if a group has fewer than two images, mixes reward releases, has a reward, a latent or a
     *     log-probability that is not finite, or was drawn in another form than the one trained
     */
    public void requireTrainable(List<Sample> group) {
        Advantages.check(group);
        group.forEach(sample -> requireForm(sample.trajectory()));
        group.forEach(this::requireFinite);
    }

    private void requireForm(Trajectory trajectory) {
        if (trajectory.logProbabilities().length != form.stochasticSteps()
                || !Arrays.equals(trajectory.timesteps(), surrogates.get(0).timesteps())) {
            throw new IllegalArgumentException("A rollout was drawn with "
                    + trajectory.logProbabilities().length + " stochastic steps at "
                    + Arrays.toString(trajectory.timesteps()) + ", not as " + form + " at "
                    + Arrays.toString(surrogates.get(0).timesteps()));
        }
        if (!Arrays.equals(trajectory.shape(), surrogates.get(0).latentShape())) {
            throw new IllegalArgumentException("A rollout's latents have shape " + Arrays.toString(trajectory.shape())
                    + ", the model's " + Arrays.toString(surrogates.get(0).latentShape()));
        }
    }

    /** Half precision may have overflowed while it was drawn; the steps after the stochastic ones are not trained on. */
    private void requireFinite(Sample sample) {
        float[][] latents = sample.trajectory().latents();
        for (int step = 0; step <= form.stochasticSteps(); step++) {
            for (float value : latents[step]) {
                requireFinite(value, "A latent", sample);
            }
        }
        for (float value : sample.trajectory().logProbabilities()) {
            requireFinite(value, "A log-probability", sample);
        }
    }

    private static void requireFinite(float value, String what, Sample sample) {
        if (!Float.isFinite(value)) {
            throw new IllegalArgumentException(
                    what + " of a rollout is " + value + " for prompt '" + sample.prompt() + "'");
        }
    }

    /** Lets go of the replicas; the policy and the reference stay. */
    @Override
    public void close() {
        workers.close();
    }
}
