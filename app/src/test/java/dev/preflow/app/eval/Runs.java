package dev.preflow.app.eval;

import dev.preflow.demo.gold.GoldReport;
import dev.preflow.demo.gold.PromptResult;
import dev.preflow.demo.judge.Aspect;
import dev.preflow.demo.judge.AspectRating;
import dev.preflow.demo.judge.Verdict;
import dev.preflow.demo.scene.ScenePrompt;
import dev.preflow.models.image.RgbImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** Runs with ratings that a test chooses. */
final class Runs {
    private static final int SIDE = 16;

    private Runs() {}

    /** A run whose images were rated so, in order, each aspect alike. */
    static EvalRun of(EvalPlan plan, List<RgbImage> images, List<Integer> ratings) {
        Map<ScenePrompt, List<Integer>> byPrompt = new LinkedHashMap<>();
        List<ScenePrompt> prompts = plan.prompts();
        for (int i = 0; i < prompts.size(); i++) {
            byPrompt.computeIfAbsent(prompts.get(i), prompt -> new ArrayList<>())
                    .add(ratings.get(i));
        }
        List<PromptResult> results = byPrompt.entrySet().stream()
                .map(entry -> new PromptResult(
                        entry.getKey(),
                        entry.getValue().stream().map(Runs::verdict).toList(),
                        OptionalDouble.empty()))
                .toList();
        return new EvalRun(plan, "test", images, new GoldReport(results));
    }

    static Verdict verdict(int rating) {
        Map<Aspect, AspectRating> ratings = new EnumMap<>(Aspect.class);
        for (Aspect aspect : Aspect.values()) {
            ratings.put(aspect, new AspectRating(aspect, rating, "seen"));
        }
        return new Verdict(ratings);
    }

    /** A plain image of one grey. */
    static RgbImage grey(int level) {
        byte[] planes = new byte[3 * SIDE * SIDE];
        Arrays.fill(planes, (byte) level);
        return new RgbImage(SIDE, SIDE, planes);
    }
}
