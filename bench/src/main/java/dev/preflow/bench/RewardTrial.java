package dev.preflow.bench;

import ai.djl.ndarray.NDManager;
import dev.preflow.models.image.RgbImage;
import dev.preflow.models.optim.LearningRate;
import dev.preflow.models.reward.PreferenceBatch;
import dev.preflow.models.reward.VpScore;
import dev.preflow.models.reward.VpScoreTrainer;
import dev.preflow.models.tensor.Torch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Tries settings of VP-Score's training without Kafka: the same groups in the same order, the real trainer, and the noiseless judge's
 * agreement on held-out prompts. The same arguments give the same run.
 */
public final class RewardTrial {
    private final TrialOptions options;
    private final List<RatedGroup> train;
    private final List<RatedGroup> validation;
    private final List<RatedGroup> test;
    private final Random random;
    private final boolean aspects;

    private record Pair(RatedGroup group, int better, int worse, int output) {}

    private RewardTrial(Path folder, TrialOptions options) throws IOException {
        this.options = options;
        train = RewardTrialData.read(folder.resolve(RewardTrialData.TRAIN));
        validation = RewardTrialData.read(folder.resolve(RewardTrialData.VALIDATION));
        test = RewardTrialData.read(folder.resolve(RewardTrialData.TEST));
        random = new Random((long) options.number("seed", 1));
        aspects = options.number("outputs", 1) > 1;
    }

    /**
     * Trains and measures.
     *
     * @param args the folder that {@link RewardTrialData} wrote, the network to start from, and settings as {@code name=value}
     */
    public static void main(String[] args) throws IOException {
        Torch.useThreads(1);
        var trial = new RewardTrial(Path.of(args[0]), TrialOptions.of(args, 2));
        try (NDManager manager = Torch.newManager()) {
            VpScore start =
                    VpScore.load(Path.of(args[1]), manager).withOutputs((int) trial.options.number("outputs", 1));
            trial.run(start, manager);
        }
    }

    private void run(VpScore start, NDManager manager) {
        System.out.println(options);
        measure("before", start, true);
        var settings = new VpScoreTrainer.Settings(
                LearningRate.constant(options.number("rate", 6e-4), (int) options.number("warm", 60)),
                options.number("decay", 0.01),
                1,
                options.number("ema", 0.99),
                options.number("frozen", 0),
                options.number("shift", 0.0625),
                (long) options.number("seed", 1));
        int batch = (int) options.number("batch", 128);
        int run = (int) options.number("run", 16);
        double passes = options.number("passes", 4);
        List<Pair> pool = new ArrayList<>();
        int fresh = 0;
        long drawn = 0;
        int prompts = 0;
        long began = System.nanoTime();
        try (var trainer = new VpScoreTrainer(start, settings)) {
            for (RatedGroup group : train) {
                pool.addAll(pairs(group));
                while (pool.size() >= batch && drawn + batch <= passes * pool.size()) {
                    List<Pair> drawnPairs = new ArrayList<>();
                    int take = Math.min(pool.size() - fresh, batch / 2);
                    drawnPairs.addAll(pool.subList(fresh, fresh + take));
                    fresh += take;
                    while (drawnPairs.size() < batch) {
                        int from = random.nextInt(pool.size());
                        for (int i = 0; i < run && drawnPairs.size() < batch; i++) {
                            drawnPairs.add(pool.get((from + i) % pool.size()));
                        }
                    }
                    trainer.step(batch(drawnPairs));
                    drawn += batch;
                }
                prompts += group.images().size() == 4 ? 1 : 0;
                if (group.images().size() == 4 && (prompts == 100 || prompts % 300 == 0)) {
                    try (VpScore model = trainer.snapshot(manager)) {
                        measure(
                                "%d prompts, %d steps, %.0f s"
                                        .formatted(prompts, trainer.steps(), (System.nanoTime() - began) / 1e9),
                                model,
                                prompts == 900);
                    }
                }
            }
        }
    }

    private List<Pair> pairs(RatedGroup group) {
        int[][] ratings = group.ratings(options.number("noise", 0.3), random);
        List<Pair> pairs = new ArrayList<>();
        int repeats = (int) options.number("sums", 1);
        for (int r = 0; r < repeats; r++) {
            compare(group, ratings, PreferenceBatch.SUM, pairs);
        }
        for (int a = 0; aspects && a < RatedGroup.ASPECTS; a++) {
            compare(group, ratings, a, pairs);
        }
        return pairs;
    }

    private static void compare(RatedGroup group, int[][] ratings, int output, List<Pair> pairs) {
        for (int i = 0; i < ratings.length; i++) {
            for (int j = i + 1; j < ratings.length; j++) {
                int difference = rating(ratings[i], output) - rating(ratings[j], output);
                if (difference != 0) {
                    pairs.add(new Pair(group, difference > 0 ? i : j, difference > 0 ? j : i, output));
                }
            }
        }
    }

    private static int rating(int[] ratings, int output) {
        return output == PreferenceBatch.SUM ? Arrays.stream(ratings).sum() : ratings[output];
    }

    private record Shown(RatedGroup group, int image) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Shown shown && shown.group == group && shown.image == image;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(group) * 31 + image;
        }
    }

    private static PreferenceBatch batch(List<Pair> pairs) {
        var shown = new LinkedHashSet<Shown>();
        for (Pair pair : pairs) {
            shown.add(new Shown(pair.group(), pair.better()));
            shown.add(new Shown(pair.group(), pair.worse()));
        }
        Map<Shown, Integer> places = new HashMap<>();
        List<RgbImage> images = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        for (Shown one : shown) {
            places.put(one, images.size());
            images.add(one.group().images().get(one.image()));
            texts.add(one.group().prompt());
        }
        return new PreferenceBatch(
                images,
                texts,
                pairs.stream()
                        .mapToInt(p -> places.get(new Shown(p.group(), p.better())))
                        .toArray(),
                pairs.stream()
                        .mapToInt(p -> places.get(new Shown(p.group(), p.worse())))
                        .toArray(),
                pairs.stream().mapToInt(Pair::output).toArray());
    }

    private void measure(String when, VpScore model, boolean fully) {
        Agreement agreement = Agreement.of(model, validation);
        System.out.printf("%s: validation %s%n", when, fully ? agreement.details() : agreement.summary());
        if (fully) {
            System.out.printf("%s: test %s%n", when, Agreement.of(model, test).details());
            // no better than on the others: it cannot see what it is told
            System.out.printf(
                    "%s: learnt from %s%n",
                    when, Agreement.of(model, learntFrom()).details());
        }
    }

    /** The last of the groups, as many as the held-out ones. */
    private List<RatedGroup> learntFrom() {
        return train.subList(train.size() - test.size(), train.size());
    }
}
