package dev.preflow.demo.pretrain;

import ai.djl.ndarray.NDManager;
import dev.preflow.demo.render.DefectRates;
import dev.preflow.demo.render.SceneRenderer;
import dev.preflow.demo.scene.PromptGrammar;
import dev.preflow.demo.scene.SceneSpec;
import dev.preflow.demo.scene.SceneVocabulary;
import dev.preflow.demo.scene.Split;
import dev.preflow.models.image.RgbImage;
import dev.preflow.models.optim.LearningRate;
import dev.preflow.models.pipeline.DiffusionPipeline;
import dev.preflow.models.reward.PatchWords;
import dev.preflow.models.reward.VpScore;
import dev.preflow.models.reward.VpScoreConfig;
import dev.preflow.models.reward.VpScoreTrainer;
import dev.preflow.models.tensor.Noise;
import dev.preflow.models.tensor.Torch;
import dev.preflow.models.tokenizer.WordPieceTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Makes the network that VP-Score's training starts from. The paper starts from BLIP, which has seen images and captions;
 * this one learns which caption belongs to a rendered scene, among scenes that are easily confused with it, and which words
 * name what each patch of the scene shows, in pictures that a generator's decoder has painted. It sees no rating, no preference and no held-out prompt.
 */
public final class RewardPretraining {
    private static final double PEAK_RATE = 1e-3;
    private static final long WARMUP = 50;
    private static final double WEIGHT_DECAY = 0.01;
    private static final double AVERAGE_DECAY = 0.98;
    /** Steps over which the loss is averaged in the record. */
    private static final int LAST = 100;
    /** Scenes whose captions are negatives for one another. */
    private static final int GROUP = 4;

    private static final int PATCH = 8;
    /** How often a scene is seen, moved and worded otherwise: painting it costs more than learning from it. */
    private static final int REPEATS = 4;
    /** Largest move, as a share of the side: less than what would take objects out of patches that are said to show them. */
    private static final double SHIFT = 1.0 / 32;
    /** Colours and shapes go wrong in the variants; these are the other faults. */
    private static final DefectRates FAULTY = new DefectRates(0, 0, 0.4, 0.2, 0.25);

    private final long seed;
    private final int steps;
    private final int batch;
    private final Path generator;
    private final TrainingLog log;
    private final PromptGrammar grammar = new PromptGrammar();
    private final SceneRenderer renderer = new SceneRenderer();

    /**
     * A pretraining.
     *
     * @param seed of parameters and scenes
     * @param steps number of steps, more than 50; 1800 take less than half an hour on one core
     * @param batch images of a step, 64 for instance; a multiple of 4
     * @param generator directory of the pipeline whose autoencoder paints the scenes
     * @param log is told of every step
     */
    public RewardPretraining(long seed, int steps, int batch, Path generator, TrainingLog log) {
        this.seed = seed;
        this.steps = steps;
        this.batch = batch;
        this.generator = generator;
        this.log = log;
    }

    /** Trains, and writes a directory that {@link VpScore#load} reads, with a record of how. */
    public void run(Path directory) throws IOException {
        long start = System.nanoTime();
        Torch.useThreads(1);
        WordPieceTokenizer tokenizer = tokenizer();
        VpScoreConfig config = VpScoreConfig.small(tokenizer.vocabularySize());
        VpScoreTrainer.Settings settings = new VpScoreTrainer.Settings(
                LearningRate.cosine(PEAK_RATE, WARMUP, steps), WEIGHT_DECAY, 1, AVERAGE_DECAY, 0, SHIFT, seed);
        try (NDManager manager = Torch.newManager();
                DiffusionPipeline painter = DiffusionPipeline.load(generator, "painter", manager);
                VpScoreTrainer trainer =
                        new VpScoreTrainer(VpScore.create(config, tokenizer, manager, seed), settings)) {
            Repainter repainter = new Repainter(painter);
            List<Lesson> lessons = new ArrayList<>();
            List<Float> losses = new ArrayList<>();
            for (int step = 0; step < steps; step++) {
                RandomGenerator random = Noise.generator(Noise.derive(seed, step));
                if (step * REPEATS < steps) {
                    lessons.add(lesson(repainter, random));
                }
                losses.add(step(trainer, lessons.get(step % lessons.size()), random));
                log.step("reward", step, steps, losses.get(step));
            }
            try (VpScore pretrained = trainer.snapshot(manager)) {
                pretrained.save(directory);
            }
            long seconds = (System.nanoTime() - start) / 1_000_000_000;
            new RewardRecord(seed, steps, batch, last(losses), seconds).write(directory);
        }
    }

    private static double last(List<Float> losses) {
        return losses.stream()
                .skip(Math.max(0, losses.size() - LAST))
                .mapToDouble(Float::doubleValue)
                .average()
                .orElseThrow();
    }

    /** The images of a step, what is said of each, and what their patches show. */
    private record Lesson(List<RgbImage> images, List<SceneCaption> captions, List<PatchWords> words) {}

    private Lesson lesson(Repainter repainter, RandomGenerator random) {
        List<CaptionedScene> scenes = new ArrayList<>();
        while (scenes.size() < batch) {
            scenes.addAll(group(random));
        }
        SceneGrounding grounding = new SceneGrounding(PATCH);
        scenes.forEach(grounding::add);
        return new Lesson(
                repainter.repaint(scenes.stream().map(CaptionedScene::image).toList(), random),
                scenes.stream().map(CaptionedScene::caption).toList(),
                grounding.words());
    }

    private static float step(VpScoreTrainer trainer, Lesson lesson, RandomGenerator random) {
        List<String> captions =
                lesson.captions().stream().map(caption -> caption.text(random)).toList();
        return trainer.matchingStep(lesson.images(), captions, GROUP, lesson.words())
                .loss();
    }

    /** Scenes that are hard to tell apart, each with a meaning of its own. */
    private List<CaptionedScene> group(RandomGenerator random) {
        SceneSpec first = grammar.sample(random, Split.TRAIN, PromptGrammar.Weights.DEFAULT)
                .spec();
        Map<String, CaptionedScene> scenes = new LinkedHashMap<>();
        while (scenes.size() < GROUP) {
            SceneSpec spec = scenes.isEmpty() || random.nextBoolean() ? first : SceneVariants.of(first, random);
            DefectRates rates = random.nextInt(3) == 0 ? DefectRates.NONE : FAULTY;
            CaptionedScene scene = CaptionedScene.render(renderer, spec, rates, random);
            scenes.putIfAbsent(scene.caption().meaning(), scene);
        }
        return List.copyOf(scenes.values());
    }

    /** The words of prompts and captions. */
    private static WordPieceTokenizer tokenizer() {
        List<String> corpus = new ArrayList<>(SceneVocabulary.corpus());
        corpus.addAll(SceneCaption.words());
        return WordPieceTokenizer.ofCorpus(corpus);
    }
}
