package dev.preflow.trainer;

import ai.djl.ndarray.NDManager;
import dev.preflow.models.lora.Lora;
import dev.preflow.models.lora.LoraOptions;
import dev.preflow.models.optim.AdamW;
import dev.preflow.models.optim.Ema;
import dev.preflow.models.optim.LearningRate;
import dev.preflow.models.pipeline.DiffusionPipeline;
import dev.preflow.models.pipeline.LoraDirectory;
import dev.preflow.models.pipeline.PolicyLease;
import dev.preflow.models.tensor.Compute;
import dev.preflow.models.tensor.Noise;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.Torch;
import dev.preflow.stream.config.ComputeSettings;
import dev.preflow.stream.config.Config;
import dev.preflow.trainer.checkpoint.Checkpoints;
import dev.preflow.trainer.checkpoint.TrainingState;
import dev.preflow.trainer.ppo.Advantages;
import dev.preflow.trainer.ppo.Ppo;
import dev.preflow.trainer.ppo.PpoOptions;
import dev.preflow.trainer.ppo.RolloutForm;
import dev.preflow.trainer.ppo.Sample;
import dev.preflow.trainer.ppo.UpdateReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The weights being trained with all that training them needs: reference, optimiser, average. For one thread.
 *
 * <p>What is trained is either a copy of the base, or a LoRA on it: then the base itself is the reference.
 */
final class TrainedPolicy implements AutoCloseable {
    /** The trainer derives its other seeds with 1 and 2. */
    private static final int LORA_SEED = 3;

    private final NDManager manager;
    private final Config config;
    private final DiffusionPipeline base;
    private final PolicyLease reference;
    private final @Nullable Lora lora;
    /** What draws. */
    private final Parameters policy;
    /** What changes: the policy, or the LoRA in it. */
    private final Parameters trained;

    /** Where training began. */
    private final Parameters start;

    /** Where the base lies. */
    private final Path source;

    private final AdamW optimiser;
    private final Ema average;
    private final Ppo ppo;

    private TrainedPolicy(NDManager manager, Compute compute, Config config) {
        this.manager = manager;
        this.config = config;
        source = config.get(TrainerSettings.BASE);
        base = DiffusionPipeline.load(source, "base", compute.precision(), manager);
        base.models().requireDrawsFromNoise();
        reference = base.borrow();
        lora = lora(reference.parameters(), config, manager);
        if (lora == null) {
            policy = copy(reference.parameters(), config, manager);
            trained = policy;
            start = reference.parameters();
        } else {
            policy = lora.over(reference.parameters(), manager);
            trained = lora.parameters();
            start = trained.copy(manager);
        }
        optimiser = new AdamW(trained, AdamW.Settings.of(0));
        average = new Ema(trained, manager, config.get(TrainerSettings.EMA));
        ppo = new Ppo(
                base.models(),
                policy,
                reference.parameters(),
                optimiser,
                form(config),
                new Advantages(
                        config.get(TrainerSettings.ADVANTAGE_CLIP).floatValue(),
                        config.get(TrainerSettings.ADVANTAGE_DEVIATION)),
                options(config),
                compute.devices());
    }

    private static @Nullable Lora lora(Parameters base, Config config, NDManager manager) {
        int rank = config.get(TrainerSettings.LORA_RANK);
        if (rank == 0) {
            return null;
        }
        LoraOptions options =
                new LoraOptions(rank, config.get(TrainerSettings.LORA_ALPHA), config.get(TrainerSettings.LORA_TARGETS));
        return Lora.create(base, options, Noise.derive(config.get(TrainerSettings.SEED), LORA_SEED), manager);
    }

    private static Parameters copy(Parameters base, Config config, NDManager manager) {
        Parameters copy = base.copy(manager);
        Pattern trainable = Pattern.compile(config.get(TrainerSettings.TRAINABLE));
        if (copy.trainable(name -> trainable.matcher(name).matches()).isEmpty()) {
            throw new IllegalArgumentException(TrainerSettings.TRAINABLE.key() + " = " + trainable
                    + " matches no parameter of " + config.get(TrainerSettings.BASE));
        }
        return copy;
    }

    /** Loads the base. */
    static TrainedPolicy open(Config config) {
        Torch.useThreads(config.get(TrainerSettings.THREADS));
        Compute compute = Compute.of(config.get(ComputeSettings.DEVICE), config.get(ComputeSettings.PRECISION));
        NDManager manager = compute.newManager();
        try {
            return new TrainedPolicy(manager, compute, config);
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    /** How its rollouts are drawn. */
    static RolloutForm form(Config config) {
        return new RolloutForm(
                config.get(TrainerSettings.STEPS),
                config.get(TrainerSettings.STOCHASTIC_STEPS),
                config.get(TrainerSettings.ETA).floatValue());
    }

    private static PpoOptions options(Config config) {
        return new PpoOptions(
                config.get(TrainerSettings.UPDATES),
                config.get(TrainerSettings.SAMPLE_SHARE),
                config.get(TrainerSettings.MICRO_BATCH),
                config.get(TrainerSettings.CLIP_RANGE),
                config.get(TrainerSettings.KL),
                LearningRate.linear(
                        config.get(TrainerSettings.LEARNING_RATE),
                        config.get(TrainerSettings.WARM_UP),
                        config.get(TrainerSettings.HORIZON),
                        config.get(TrainerSettings.FLOOR)),
                config.get(TrainerSettings.MAX_NORM),
                config.get(TrainerSettings.RECOMPUTE));
    }

    /** The manager below which everything lives. */
    NDManager manager() {
        return manager;
    }

    /**
     * Checks that a group can be trained on.
     *
     * @throws IllegalArgumentException if it cannot
     */
    void requireTrainable(List<Sample> group) {
        ppo.requireTrainable(group);
    }

    /**
     * Does one iteration.
     *
     * @param updates optimiser steps taken before
     * @param seed of the order of training
     * @return what was done
     */
    UpdateReport iterate(List<List<Sample>> groups, long updates, long seed) throws InterruptedException {
        UpdateReport report = ppo.iterate(groups, updates, seed);
        if (report.pairs() > 0) {
            average.update(updates);
        }
        return report;
    }

    /**
     * Begins anew if that is due: little of what the weights have learnt stays, and optimiser and average forget. What a policy
     * learns first stays with it for good (Nikishin et al. 2022, The primacy bias in deep reinforcement learning), and it has
     * learnt it from a VP-Score that had not seen any policy's images.
     *
     * @param iterations done so far
     * @return whether it was due; no optimiser step has been taken since, then
     */
    boolean reset(long iterations) {
        if (iterations != config.get(TrainerSettings.RESET)) {
            return false;
        }
        trained.returnTo(start, config.get(TrainerSettings.RESET_KEEP));
        optimiser.reset();
        average.reset();
        return true;
    }

    /** How many optimiser steps an iteration took. */
    long steps(UpdateReport report) {
        return ppo.steps(report.pairs());
    }

    /** Takes the newest checkpoint over, if there is one. */
    Optional<TrainingState> restore(Checkpoints checkpoints) throws IOException {
        Map<String, Float> configured = alphas();
        Optional<TrainingState> state = checkpoints.restore(trained, average.average(), optimiser);
        if (!alphas().equals(configured)) {
            throw new IllegalArgumentException("The checkpoint's LoRA has another alpha than "
                    + TrainerSettings.LORA_ALPHA.key()
                    + " says: set it back, or move the checkpoints away to start anew");
        }
        return state;
    }

    private Map<String, Float> alphas() {
        return lora == null ? Map.of() : lora.modules().stream().collect(Collectors.toMap(name -> name, lora::alpha));
    }

    /** Writes a checkpoint. */
    void save(Checkpoints checkpoints, TrainingState state) throws IOException {
        checkpoints.save(state, trained, average.average(), optimiser);
    }

    /** Writes what draws the next rollouts: a diffusers directory, or a LoRA's. */
    void export(Path target) {
        if (lora == null) {
            base.save(target, policy);
        } else {
            LoraDirectory.save(target, lora, reference.parameters(), source);
        }
    }

    @Override
    public void close() {
        ppo.close();
        average.close();
        optimiser.close();
        policy.close();
        if (lora != null) {
            start.close();
            lora.close();
        }
        reference.close();
        base.close();
        manager.close();
    }
}
