package dev.preflow.bench;

import ai.djl.ndarray.NDManager;
import dev.preflow.demo.gold.GoldReport;
import dev.preflow.demo.gold.PromptResult;
import dev.preflow.demo.judge.SceneJudge;
import dev.preflow.demo.scene.PromptGrammar;
import dev.preflow.demo.scene.ScenePrompt;
import dev.preflow.demo.scene.SceneSpec;
import dev.preflow.demo.scene.Split;
import dev.preflow.demo.scene.Wording;
import dev.preflow.models.pipeline.DiffusionPipeline;
import dev.preflow.models.pipeline.GenerationRequest;
import dev.preflow.models.tensor.Noise;
import dev.preflow.models.tensor.Torch;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Draws every single object of the scene world, those that are trained on and those that are held out, and prints the share of
 * clean images of each: whether a policy has learnt to draw, or to draw what it was rewarded for.
 */
public final class SingleObjects {
    private static final int STEPS = 10;
    private static final long SEED = 77;

    private SingleObjects() {}

    /**
     * Draws and prints.
     *
     * @param args directory of a pipeline, and settings as {@code name=value}: guidance (3 if not given), images (of each object;
     *     24) and device (cpu, or cuda:N)
     */
    public static void main(String[] args) {
        TrialOptions options = TrialOptions.of(args, 1);
        double guidance = options.number("guidance", 3);
        int images = (int) options.number("images", 24);
        Torch.useThreads(1);
        try (NDManager manager = Torch.newManager(options.device());
                DiffusionPipeline pipeline = DiffusionPipeline.load(Path.of(args[0]), "policy", manager)) {
            for (Split split : Split.values()) {
                List<PromptResult> results = new ArrayList<>();
                for (SceneSpec object : new PromptGrammar().singles(split)) {
                    GoldReport report = judged(pipeline, object, guidance, images);
                    System.out.printf(
                            "%s %s: %.2f%n",
                            split, Wording.plain(object), report.clean().orElseThrow());
                    results.addAll(report.results());
                }
                System.out.printf(
                        "%s, %d objects: %.3f%n",
                        split, results.size(), new GoldReport(results).clean().orElseThrow());
            }
        }
    }

    private static GoldReport judged(DiffusionPipeline pipeline, SceneSpec object, double guidance, int images) {
        ScenePrompt prompt = new ScenePrompt(Wording.plain(object), object);
        List<GenerationRequest> requests = IntStream.range(0, images)
                .mapToObj(i -> GenerationRequest.of(prompt.text(), Noise.derive(SEED, i), guidance, STEPS))
                .toList();
        List<BufferedImage> drawn = pipeline.generate(requests, false).stream()
                .map(image -> image.image().toBufferedImage())
                .toList();
        return GoldReport.of(new SceneJudge(), Map.of(prompt, drawn));
    }
}
