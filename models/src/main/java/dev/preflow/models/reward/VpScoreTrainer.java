package dev.preflow.models.reward;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.preflow.models.image.RgbImage;
import dev.preflow.models.optim.AdamW;
import dev.preflow.models.optim.DataParallel;
import dev.preflow.models.optim.Ema;
import dev.preflow.models.optim.LearningRate;
import dev.preflow.models.optim.NonFiniteException;
import dev.preflow.models.tensor.Autograd;
import dev.preflow.models.tensor.Noise;
import dev.preflow.models.tensor.Ops;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.weights.SafetensorsReader;
import dev.preflow.models.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleConsumer;
import java.util.random.RandomGenerator;

/**
 * Trains a VP-Score network on preferences, step by step, and keeps the moving average that is served. Used by one thread at
 * a time.
 */
public final class VpScoreTrainer implements AutoCloseable {
    private static final String WEIGHTS_FILE = "weights.safetensors";
    private static final String AVERAGE_FILE = "average.safetensors";
    private static final String OPTIMISER_FILE = "optimiser.safetensors";
    private static final String STATE_FILE = "trainer.json";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final VpScore model;
    private final Settings settings;
    private final AdamW optimiser;
    private final Ema ema;
    private final DataParallel workers;
    /** The network over every worker's parameters; the first is the model itself. */
    private final List<VpScore> replicas = new ArrayList<>();

    private long steps;

    /**
     * How to train.
     *
     * @param learningRate by step
     * @param weightDecay of AdamW
     * @param maxNorm bound of the gradients' global norm
     * @param averageDecay of the served moving average
     * @param frozenFraction share of layers that is not trained; the paper's is 0.7 over a pre-trained BLIP
     * @param shift largest random move of a training image, as a share of its side; 0 for none
     * @param seed of the moves and the dropout masks
     */
    public record Settings(
            LearningRate learningRate,
            double weightDecay,
            double maxNorm,
            double averageDecay,
            double frozenFraction,
            double shift,
            long seed) {
        /** Checks the share; the rest is checked where it is used. */
        public Settings {
            if (!(shift >= 0 && shift < 0.5)) {
                throw new IllegalArgumentException("The shift is " + shift + "; it must be in [0, 0.5)");
            }
        }

        /** What the small network wants, at a constant rate after a warm-up. */
        public static Settings fromScratch(double learningRate) {
            return new Settings(LearningRate.constant(learningRate, 50), 0.01, 1, 0.99, 0, 0.0625, 1);
        }
    }

    /**
     * What a step did.
     *
     * @param loss before the step
     * @param accuracy share of the step's pairs that were in the right order before it
     * @param gradientNorm before clipping
     */
    public record Step(float loss, double accuracy, float gradientNorm) {}

    /** A trainer at step 0 on the model's own device; it owns the model. */
    public VpScoreTrainer(VpScore model, Settings settings) {
        this(model, settings, List.of(model.parameters().manager().getDevice()));
    }

    /**
     * A trainer at step 0 that shares the parts of a step out among devices; it owns the model.
     *
     * @param devices at least one; the first is the model's own
     */
    public VpScoreTrainer(VpScore model, Settings settings, List<Device> devices) {
        this.model = model;
        this.settings = settings;
        FrozenLayers.apply(model.parameters(), model.config(), settings.frozenFraction());
        optimiser = new AdamW(model.parameters(), AdamW.Settings.of(settings.weightDecay()));
        ema = new Ema(model.parameters(), model.parameters().manager(), settings.averageDecay());
        workers = new DataParallel(List.of(model.parameters()), devices);
        for (int worker = 0; worker < devices.size(); worker++) {
            replicas.add(model.with(workers.replica(worker).get(0)));
        }
    }

    /**
     * One optimiser step on the Bradley-Terry loss.
     *
     * @throws NonFiniteException if loss or gradient is not finite; the network has not changed then
     */
    public Step step(PreferenceBatch batch) {
        return step(List.of(batch));
    }

    /**
     * One optimiser step on the mean over the pairs of several batches, whose gradients are added up. The devices take the
     * batches in turn; on how many of them they are computed makes no difference but of rounding.
     */
    public Step step(List<PreferenceBatch> parts) {
        double pairs = parts.stream().mapToInt(PreferenceBatch::pairs).sum();
        double[] right = new double[parts.size()];
        workers.broadcast();
        workers.zero();
        double loss = workers.accumulate((replica, worker) -> {
            double sum = 0;
            for (int i = worker; i < right.length; i += replicas.size()) {
                int part = i;
                double share = parts.get(i).pairs() / pairs;
                sum += add(replicas.get(worker), parts.get(i), share, random(i), value -> right[part] = value);
            }
            return sum;
        });
        workers.reduce(1);
        return finish(loss, Arrays.stream(right).sum());
    }

    /** Adds the gradients of a part's share of the loss, which is returned; its share of the accuracy goes to the consumer. */
    private double add(
            VpScore network, PreferenceBatch part, double share, RandomGenerator random, DoubleConsumer accuracy) {
        try (NDManager scope = network.parameters().manager().newSubManager()) {
            List<RgbImage> moved = RandomShift.apply(part.images(), settings.shift(), random);
            OutputTable table = OutputTable.of(network.outputs(network.batch(scope, moved), part.texts(), random));
            int[] better = table.places(part.better(), part.outputs());
            int[] worse = table.places(part.worse(), part.outputs());
            accuracy.accept(share * BradleyTerry.accuracy(table.values().toFloatArray(), better, worse));
            return backward(BradleyTerry.loss(table.values(), better, worse), share);
        }
    }

    /** A part's moves and dropout: of its own, so that it does not matter who computes it and when. */
    private RandomGenerator random(int part) {
        long step = Noise.derive(settings.seed(), steps);
        return Noise.generator(part == 0 ? step : Noise.derive(step, part));
    }

    /**
     * One optimiser step on image-text matching, the warm start of a network without BLIP's pre-training (Li et al. 2022). Images
     * come in groups with hard negatives for one another: an image's own caption must score higher than those of the others in its
     * group, and a caption must score higher with its own image than with the others.
     *
     * @param images examples, group by group
     * @param captions of the images; equal ones in a group are not compared
     * @param group images of a group, from 2; divides their number
     * @param grounding what the patches of the images show, learnt along with it; may be empty
     */
    public Step matchingStep(List<RgbImage> images, List<String> captions, int group, List<PatchWords> grounding) {
        CaptionGroups groups = new CaptionGroups(captions, group);
        RandomGenerator random = random(0);
        workers.zero();
        try (NDManager scope = model.parameters().manager().newSubManager();
                Autograd grad = Autograd.enabled()) {
            NDArray tokens = model.imageTokens(model.batch(scope, RandomShift.apply(images, settings.shift(), random)));
            NDList scores = new NDList();
            for (int turn = 0; turn < group; turn++) {
                scores.add(model.rawScoresOf(tokens, groups.turned(turn), random));
            }
            NDArray all = NDArrays.concat(scores, 0);
            NDArray matching = BradleyTerry.loss(all, groups.better(), groups.worse());
            NDArray objective = matching;
            for (PatchWords words : grounding) {
                objective = objective.add(model.groundingLoss(tokens, words));
            }
            float loss = matching.getFloat();
            backward(objective, 1);
            return finish(loss, BradleyTerry.accuracy(all.toFloatArray(), groups.better(), groups.worse()));
        }
    }

    private double backward(NDArray loss, double share) {
        float value = loss.getFloat();
        if (!Float.isFinite(value)) {
            throw new NonFiniteException("The loss of step " + steps + " is " + value);
        }
        Autograd.backward(Ops.scale(loss, share));
        return share * value;
    }

    private Step finish(double loss, double accuracy) {
        float norm = optimiser.step(settings.learningRate().at(steps), settings.maxNorm());
        ema.update(steps);
        steps++;
        return new Step((float) loss, accuracy, norm);
    }

    /** Number of steps taken. */
    public long steps() {
        return steps;
    }

    /** A copy of the moving average to serve; it does not change when training goes on. */
    public VpScore snapshot(NDManager parent) {
        return model.with(ema.average().copy(parent));
    }

    /** Writes everything that a resumed run needs to a folder. */
    public void save(Path folder) throws IOException {
        Files.createDirectories(folder);
        SafetensorsWriter.write(folder.resolve(WEIGHTS_FILE), model.parameters().asMap(), Map.of());
        SafetensorsWriter.write(folder.resolve(AVERAGE_FILE), ema.average().asMap(), Map.of());
        optimiser.save(folder.resolve(OPTIMISER_FILE));
        JSON.writeValue(folder.resolve(STATE_FILE).toFile(), Map.of("steps", steps));
    }

    /** Whether what {@link #save} wrote to a folder is of this network's sizes. */
    public boolean fits(Path folder) {
        Map<String, Shape> saved = new TreeMap<>();
        try (SafetensorsReader file = SafetensorsReader.open(folder.resolve(WEIGHTS_FILE))) {
            file.entries().forEach((name, entry) -> saved.put(name, entry.shape()));
        }
        return saved.equals(VpScore.shapes(model.config()));
    }

    /** Continues where {@link #save} was called: the next steps are those of the uninterrupted run. */
    public void restore(Path folder) throws IOException {
        long saved = JSON.readTree(folder.resolve(STATE_FILE).toFile())
                .required("steps")
                .asLong();
        assign(folder.resolve(WEIGHTS_FILE), model.parameters());
        assign(folder.resolve(AVERAGE_FILE), ema.average());
        optimiser.restore(folder.resolve(OPTIMISER_FILE));
        steps = saved;
    }

    private static void assign(Path file, Parameters target) {
        try (Parameters saved = SafetensorsReader.readAll(file, target.manager())) {
            target.assignFrom(saved);
        }
    }

    @Override
    public void close() {
        workers.close();
        optimiser.close();
        ema.close();
        model.close();
    }
}
