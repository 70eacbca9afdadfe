package dev.preflow.bench;

import ai.djl.ndarray.NDManager;
import dev.preflow.demo.scene.PromptGrammar;
import dev.preflow.demo.scene.ScenePrompt;
import dev.preflow.demo.scene.Split;
import dev.preflow.models.image.RgbImage;
import dev.preflow.models.pipeline.DiffusionPipeline;
import dev.preflow.models.pipeline.GeneratedImage;
import dev.preflow.models.pipeline.GenerationRequest;
import dev.preflow.models.tensor.Torch;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/** Draws what {@link RewardTrial} learns from and measures with, and keeps it in files: one pass over it costs a quarter of an hour. */
public final class RewardTrialData {
    /** In the order of the stream: prompts' groups of 4, and rollouts' groups of 8. */
    static final String TRAIN = "train.bin";

    /** Groups of held-out prompts, to choose settings by. */
    static final String VALIDATION = "validation.bin";

    /** Groups of other held-out prompts, to measure the choice with. */
    static final String TEST = "test.bin";

    private static final int PROMPTS = 900;
    private static final int PER_PROMPT = 4;
    private static final int ROLLOUTS = 600;
    private static final int BEFORE_ROLLOUTS = 300;
    private static final int HELD_OUT = 160;
    private static final int AT_ONCE = 32;

    private final List<DiffusionPipeline> policies;
    private final PromptGrammar grammar = new PromptGrammar();
    private final Random random;

    private RewardTrialData(List<DiffusionPipeline> policies, long seed) {
        this.policies = policies;
        this.random = new Random(seed);
    }

    /**
     * Draws.
     *
     * @param args the base's directory, those of an early and of a late policy, and the folder to write
     */
    public static void main(String[] args) throws IOException {
        Torch.useThreads(1);
        Path folder = Files.createDirectories(Path.of(args[3]));
        try (NDManager manager = Torch.newManager();
                DiffusionPipeline base = DiffusionPipeline.load(Path.of(args[0]), "base", manager);
                DiffusionPipeline early = DiffusionPipeline.load(Path.of(args[1]), "early", manager);
                DiffusionPipeline late = DiffusionPipeline.load(Path.of(args[2]), "late", manager)) {
            List<DiffusionPipeline> policies = List.of(base, early, late);
            write(folder.resolve(VALIDATION), new RewardTrialData(policies, 11).heldOut());
            write(folder.resolve(TEST), new RewardTrialData(policies, 12).heldOut());
            write(folder.resolve(TRAIN), new RewardTrialData(policies, 13).stream());
        }
    }

    private List<RatedGroup> stream() {
        List<RatedGroup> prompts = new ArrayList<>();
        List<RatedGroup> rollouts = new ArrayList<>();
        for (DiffusionPipeline policy : policies) {
            prompts.addAll(planned(policy, PROMPTS / policies.size()));
            for (int i = 0; i < ROLLOUTS / policies.size(); i++) {
                rollouts.add(rollout(policy));
            }
            System.out.println(prompts.size() + " prompts, " + rollouts.size() + " rollouts");
        }
        List<RatedGroup> stream = new ArrayList<>(prompts.subList(0, BEFORE_ROLLOUTS));
        for (int i = BEFORE_ROLLOUTS; i < PROMPTS; i++) {
            int before = stream.size() - i;
            int due = ROLLOUTS * (i + 1 - BEFORE_ROLLOUTS) / (PROMPTS - BEFORE_ROLLOUTS);
            stream.addAll(rollouts.subList(before, due));
            stream.add(prompts.get(i));
        }
        return stream;
    }

    /** As the demo's planner and generators draw prompts: by policy, base, a hasty and an unguided one. */
    private List<RatedGroup> planned(DiffusionPipeline policy, int count) {
        List<ScenePrompt> prompts = new ArrayList<>();
        Map<DiffusionPipeline, List<Integer>> places = new LinkedHashMap<>();
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ScenePrompt prompt = grammar.sample(random, Split.TRAIN, PromptGrammar.Weights.DEMO);
            prompts.add(prompt);
            for (int j = 0; j < PER_PROMPT; j++) {
                int generator = random.nextInt(5);
                double guidance = generator == 4 ? 1 : random.nextDouble(3, 12);
                places.computeIfAbsent(generator < 2 ? policy : policies.get(0), p -> new ArrayList<>())
                        .add(requests.size());
                requests.add(GenerationRequest.of(prompt.text(), random.nextLong(), guidance, generator == 3 ? 3 : 8));
            }
        }
        RgbImage[] images = new RgbImage[requests.size()];
        places.forEach((pipeline, own) -> {
            List<RgbImage> drawn =
                    draw(pipeline, own.stream().map(requests::get).toList());
            IntStream.range(0, own.size()).forEach(i -> images[own.get(i)] = drawn.get(i));
        });
        return IntStream.range(0, count)
                .mapToObj(i -> RatedGroup.judged(
                        prompts.get(i), List.of(images).subList(PER_PROMPT * i, PER_PROMPT * (i + 1))))
                .toList();
    }

    private RatedGroup rollout(DiffusionPipeline policy) {
        ScenePrompt prompt = grammar.sample(random, Split.TRAIN, PromptGrammar.Weights.DEFAULT);
        List<GenerationRequest> requests = IntStream.range(0, 8)
                .mapToObj(i -> new GenerationRequest(prompt.text(), "", random.nextLong(), 1, 8, 4, 1))
                .toList();
        return RatedGroup.judged(prompt, draw(policy, requests));
    }

    private List<RatedGroup> heldOut() {
        List<ScenePrompt> prompts = new ArrayList<>();
        List<List<RgbImage>> images = new ArrayList<>();
        for (int i = 0; i < HELD_OUT; i++) {
            prompts.add(grammar.sample(random, Split.HELD_OUT, PromptGrammar.Weights.DEMO));
            images.add(new ArrayList<>());
        }
        for (DiffusionPipeline pipeline : List.of(policies.get(0), policies.get(2))) {
            List<GenerationRequest> requests = new ArrayList<>();
            for (ScenePrompt prompt : prompts) {
                for (int i = 0; i < PER_PROMPT; i++) {
                    requests.add(GenerationRequest.of(prompt.text(), random.nextLong(), 1, 10));
                }
            }
            List<RgbImage> drawn = draw(pipeline, requests);
            for (int i = 0; i < drawn.size(); i++) {
                images.get(i / PER_PROMPT).add(drawn.get(i));
            }
        }
        return IntStream.range(0, HELD_OUT)
                .mapToObj(i -> RatedGroup.judged(prompts.get(i), images.get(i)))
                .toList();
    }

    private static List<RgbImage> draw(DiffusionPipeline pipeline, List<GenerationRequest> requests) {
        List<RgbImage> images = new ArrayList<>();
        for (int from = 0; from < requests.size(); from += AT_ONCE) {
            List<GenerationRequest> batch = requests.subList(from, Math.min(from + AT_ONCE, requests.size()));
            pipeline.generate(batch, false).stream().map(GeneratedImage::image).forEach(images::add);
        }
        return images;
    }

    private static void write(Path file, List<RatedGroup> groups) throws IOException {
        try (var out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
            out.writeInt(groups.size());
            for (RatedGroup group : groups) {
                group.write(out);
            }
        }
    }

    static List<RatedGroup> read(Path file) throws IOException {
        List<RatedGroup> groups = new ArrayList<>();
        try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            int size = in.readInt();
            for (int i = 0; i < size; i++) {
                groups.add(RatedGroup.read(in));
            }
        }
        return groups;
    }
}
