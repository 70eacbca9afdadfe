package dev.preflow.trainer;

import ai.djl.ndarray.NDManager;
import dev.preflow.models.optim.AdamW;
import dev.preflow.models.optim.Ema;
import dev.preflow.models.optim.LearningRate;
import dev.preflow.models.pipeline.DiffusionPipeline;
import dev.preflow.models.pipeline.PolicyLease;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.Torch;
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
import java.util.Optional;
import java.util.regex.Pattern;

/** The weights being trained with all that training them needs: reference, optimiser, average. For one thread. */
final class TrainedPolicy implements AutoCloseable {
    private final NDManager manager;
    private final DiffusionPipeline base;
    private final PolicyLease reference;
    private final Parameters policy;
    private final AdamW optimiser;
    private final Ema average;
    private final Ppo ppo;

    private TrainedPolicy(NDManager manager, Config config) {
        this.manager = manager;
        base = DiffusionPipeline.load(config.get(TrainerSettings.BASE), "base", manager);
        reference = base.borrow();
        policy = reference.parameters().copy(manager);
        Pattern trainable = Pattern.compile(config.get(TrainerSettings.TRAINABLE));
        if (policy.trainable(name -> trainable.matcher(name).matches()).isEmpty()) {
            throw new IllegalArgumentException(TrainerSettings.TRAINABLE.key() + " = " + trainable
                    + " matches no parameter of " + config.get(TrainerSettings.BASE));
        }
        optimiser = new AdamW(policy, AdamW.Settings.of(0));
        average = new Ema(policy, manager, config.get(TrainerSettings.EMA));
        ppo = new Ppo(
                base.models(),
                policy,
                reference.parameters(),
                optimiser,
                form(config),
                new Advantages(config.get(TrainerSettings.ADVANTAGE_CLIP).floatValue()),
                options(config));
    }

    /** Loads the base. */
    static TrainedPolicy open(Config config) {
        Torch.useThreads(config.get(TrainerSettings.THREADS));
        NDManager manager = Torch.newManager();
        try {
            return new TrainedPolicy(manager, config);
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
        double peak = config.get(TrainerSettings.LEARNING_RATE);
        double floor = config.get(TrainerSettings.FLOOR);
        double horizon = config.get(TrainerSettings.HORIZON);
        LearningRate warm = LearningRate.constant(peak, config.get(TrainerSettings.WARM_UP));
        return new PpoOptions(
                config.get(TrainerSettings.UPDATES),
                config.get(TrainerSettings.MICRO_BATCH),
                config.get(TrainerSettings.CLIP_RANGE),
                config.get(TrainerSettings.KL),
                update -> warm.at(update) * Math.max(floor, 1 - update / horizon),
                config.get(TrainerSettings.MAX_NORM));
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

    /** How many optimiser steps an iteration took. */
    long steps(UpdateReport report) {
        return ppo.steps(report.pairs());
    }

    /** Takes the newest checkpoint over, if there is one. */
    Optional<TrainingState> restore(Checkpoints checkpoints) throws IOException {
        return checkpoints.restore(policy, average.average(), optimiser);
    }

    /** Writes a checkpoint. */
    void save(Checkpoints checkpoints, TrainingState state) throws IOException {
        checkpoints.save(state, policy, average.average(), optimiser);
    }

    /** Writes the weights that draw the next rollouts as a diffusers directory. */
    void export(Path directory) {
        base.save(directory, policy);
    }

    @Override
    public void close() {
        average.close();
        optimiser.close();
        policy.close();
        reference.close();
        base.close();
        manager.close();
    }
}
