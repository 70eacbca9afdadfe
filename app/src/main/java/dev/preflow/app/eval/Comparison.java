package dev.preflow.app.eval;

import dev.preflow.demo.gold.Diversity;
import dev.preflow.demo.judge.Verdict;
import dev.preflow.demo.scene.ScenePrompt;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * Base against policy, paired by prompt and seed.
 *
 * @param guidanceScale guidance that both drew with
 * @param prompts how many different prompts
 * @param images how many pairs
 * @param base figures of the base
 * @param policy figures of the policy
 * @param wins pairs in which the policy's image has the higher mean rating
 * @param ties pairs with equal ratings
 * @param losses pairs in which the base's image has the higher mean rating
 * @param pValue two-sided sign test over the prompts, each of which is won or lost by the mean rating of its images: images of one
 *     prompt are alike, and are not evidence of their own
 * @param renderedDiversity diversity of clean rendered images of the same prompts, the reference
 */
public record Comparison(
        double guidanceScale,
        int prompts,
        int images,
        GoldFigures base,
        GoldFigures policy,
        int wins,
        int ties,
        int losses,
        double pValue,
        double renderedDiversity) {
    private static final int RENDERED_PER_PROMPT = 8;

    /** Compares two runs of one plan. */
    public static Comparison of(EvalRun base, EvalRun policy) {
        if (!base.plan().equals(policy.plan())) {
            throw new IllegalArgumentException(
                    "Runs of different plans cannot be paired: " + base.plan() + " and " + policy.plan());
        }
        List<Verdict> before = base.verdicts();
        List<Verdict> after = policy.verdicts();
        int wins = 0;
        int losses = 0;
        for (int i = 0; i < before.size(); i++) {
            int sign = Double.compare(after.get(i).meanRating(), before.get(i).meanRating());
            wins += sign > 0 ? 1 : 0;
            losses += sign < 0 ? 1 : 0;
        }
        List<ScenePrompt> distinct = List.copyOf(new LinkedHashSet<>(base.plan().prompts()));
        return new Comparison(
                base.plan().guidanceScale(),
                distinct.size(),
                before.size(),
                GoldFigures.of(base.gold()),
                GoldFigures.of(policy.gold()),
                wins,
                before.size() - wins - losses,
                losses,
                pValue(base.plan().prompts(), before, after),
                Diversity.rendered(distinct, RENDERED_PER_PROMPT, 1));
    }

    private static double pValue(List<ScenePrompt> prompts, List<Verdict> before, List<Verdict> after) {
        Map<ScenePrompt, Double> gains = new LinkedHashMap<>();
        for (int i = 0; i < before.size(); i++) {
            gains.merge(
                    prompts.get(i), after.get(i).meanRating() - before.get(i).meanRating(), Double::sum);
        }
        int wins = (int) gains.values().stream().filter(gain -> gain > 0).count();
        int losses = (int) gains.values().stream().filter(gain -> gain < 0).count();
        return SignTest.pValue(wins, losses);
    }
}
