package dev.preflow.scorer.train;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.preflow.models.reward.PreferenceBatch;
import dev.preflow.models.reward.VpScore;
import dev.preflow.models.reward.VpScoreTrainer;
import dev.preflow.scorer.LearntAspect;
import dev.preflow.scorer.ScorerSettings;
import dev.preflow.scorer.store.TrainingPair;
import dev.preflow.stream.config.Config;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;

/**
 * VP-Score while it learns, with what a checkpoint keeps: weights, their average, the optimiser, and how much was trained on.
 * Every step's batch is drawn with a seed of its own, so that a resumed run needs no random state. For one thread.
 */
final class Learner implements AutoCloseable {

    private static final String PROGRESS_FILE = "progress.json";
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Odd and irregular (2^64 divided by the golden ratio), so that the seeds of successive steps share no pattern. */
    private static final long STEP_FACTOR = 0x9E3779B97F4A7C15L;

    private final VpScoreTrainer trainer;
    private final Measure measure;
    private final LearntAspect learnt;
    private final int devices;
    private final Recipe recipe;
    private long drawn;

    /**
     * Starts from a network.
     *
     * @param model the network, owned by the learner from now on
     * @param config has {@link ScorerSettings}
     * @param measure reads the images
     * @param devices share every batch; the first is the network's own
     */
    Learner(VpScore model, Config config, Measure measure, List<Device> devices) {
        this.measure = measure;
        this.devices = devices.size();
        learnt = config.get(ScorerSettings.ASPECT);
        recipe = Recipe.of(config);
        trainer = new VpScoreTrainer(model.withOutputs(learnt.outputs()), recipe.settings(), devices);
    }

    /**
     * Takes one step on a batch drawn from the data.
     *
     * @param data has at least one pair to train on
     * @return the loss before the step; empty when no image of the batch could be read, and nothing was learnt
     * @throws IOException when an image could be read before and not any more
     * @throws dev.preflow.models.optim.NonFiniteException when the loss or a gradient is not finite; the network is as before
     */
    OptionalDouble step(TrainingData data) throws IOException {
        long seed = recipe.settings().seed() + STEP_FACTOR * (trainer.steps() + 1);
        var pairs = measure.readable(data.draw(recipe.batch(), new Random(seed)));
        drawn += recipe.batch();
        return pairs.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(step(pairs));
    }

    private double step(List<TrainingPair> pairs) throws IOException {
        int micros = (pairs.size() + recipe.microBatch() - 1) / recipe.microBatch();
        int shares = Math.min(Math.max(devices, micros), pairs.size());
        var parts = new ArrayList<PreferenceBatch>();
        for (int i = 0; i < shares; i++) {
            parts.add(batch(pairs.subList(pairs.size() * i / shares, pairs.size() * (i + 1) / shares)));
        }
        return trainer.step(parts).loss();
    }

    private PreferenceBatch batch(List<TrainingPair> pairs) throws IOException {
        // an image of several pairs is computed once
        var shown = new ArrayList<>(Shown.in(pairs));
        int[] better =
                pairs.stream().map(Shown::better).mapToInt(shown::indexOf).toArray();
        int[] worse = pairs.stream().map(Shown::worse).mapToInt(shown::indexOf).toArray();
        int[] outputs = pairs.stream()
                .map(TrainingPair::aspect)
                .mapToInt(learnt::output)
                .toArray();
        return new PreferenceBatch(measure.pictures(shown), Measure.prompts(shown), better, worse, outputs);
    }

    /** Optimiser steps taken. */
    long steps() {
        return trainer.steps();
    }

    /** Pairs trained on, repetitions included. */
    long drawn() {
        return drawn;
    }

    /** Pairs of one step. */
    int batch() {
        return recipe.batch();
    }

    /** A copy of the averaged weights, which is what may be released. */
    VpScore candidate(NDManager parent) {
        return trainer.snapshot(parent);
    }

    /** Writes everything that a resumed run needs. */
    void save(Path directory) throws IOException {
        trainer.save(directory);
        JSON.writeValue(directory.resolve(PROGRESS_FILE).toFile(), Map.of("drawn", drawn));
    }

    /** Whether a checkpoint is of this network's sizes. */
    boolean fits(Path directory) {
        return trainer.fits(directory);
    }

    /** Continues where {@link #save} was called. */
    void restore(Path directory) throws IOException {
        long saved = JSON.readTree(directory.resolve(PROGRESS_FILE).toFile())
                .required("drawn")
                .asLong();
        trainer.restore(directory);
        drawn = saved;
    }

    @Override
    public void close() {
        trainer.close();
    }
}
