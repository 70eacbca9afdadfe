package dev.preflow.app.eval;

import dev.preflow.demo.gold.GoldReport;
import dev.preflow.demo.gold.PromptResult;
import dev.preflow.demo.judge.SceneJudge;
import dev.preflow.demo.judge.Verdict;
import dev.preflow.demo.scene.ScenePrompt;
import dev.preflow.models.image.RgbImage;
import dev.preflow.models.pipeline.DiffusionPipeline;
import dev.preflow.models.pipeline.GeneratedImage;
import dev.preflow.models.pipeline.GenerationRequest;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * One model's images of an evaluation, and the gold judge's verdicts on them.
 *
 * @param plan what was drawn
 * @param release the weights that drew
 * @param images in the plan's order
 * @param gold the verdicts
 */
public record EvalRun(EvalPlan plan, String release, List<RgbImage> images, GoldReport gold) {
    private static final int BATCH = 24;

    /**
     * Draws and judges. Draws in the calling thread.
     *
     * @param progress is told how many images have been drawn
     */
    public static EvalRun of(EvalPlan plan, DiffusionPipeline pipeline, IntConsumer progress) {
        List<GenerationRequest> requests = plan.requests();
        List<RgbImage> images = new ArrayList<>();
        String release = pipeline.release();
        for (int from = 0; from < requests.size(); from += BATCH) {
            List<GenerationRequest> batch = requests.subList(from, Math.min(from + BATCH, requests.size()));
            pipeline.generate(batch, false).stream().map(GeneratedImage::image).forEach(images::add);
            progress.accept(images.size());
        }
        return new EvalRun(plan, release, List.copyOf(images), judge(plan, images));
    }

    private static GoldReport judge(EvalPlan plan, List<RgbImage> images) {
        Map<ScenePrompt, List<BufferedImage>> byPrompt = new LinkedHashMap<>();
        List<ScenePrompt> prompts = plan.prompts();
        for (int i = 0; i < images.size(); i++) {
            byPrompt.computeIfAbsent(prompts.get(i), prompt -> new ArrayList<>())
                    .add(images.get(i).toBufferedImage());
        }
        return GoldReport.of(new SceneJudge(), byPrompt);
    }

    /** The verdicts in the images' order. */
    List<Verdict> verdicts() {
        return gold.results().stream()
                .map(PromptResult::verdicts)
                .flatMap(List::stream)
                .toList();
    }
}
