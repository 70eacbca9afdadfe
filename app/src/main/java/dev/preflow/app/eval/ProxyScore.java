package dev.preflow.app.eval;

import dev.preflow.demo.gold.PromptResult;
import dev.preflow.demo.scene.ScenePrompt;
import dev.preflow.models.reward.VpScore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/** What VP-Score says of an evaluation's images: the reward that is optimised, beside the gold judge, which is not. */
public final class ProxyScore {
    private static final int BATCH = 32;

    private ProxyScore() {}

    /** The mean score of a run's images. */
    public static double mean(VpScore reward, EvalRun run) {
        return mean(of(reward, run));
    }

    private static double mean(float[] scores) {
        double sum = 0;
        for (float score : scores) {
            sum += score;
        }
        return sum / scores.length;
    }

    /**
     * How far the mean score of a run lies above the base's, in standard deviations of the base's scores: every release of
     * VP-Score has a scale of its own, and what two of them say can be compared by nothing else.
     *
     * @return positive where VP-Score prefers the run
     * @throws IllegalStateException if it scores all of the base's images alike: there is no unit then
     */
    public static double gain(VpScore reward, EvalRun run, EvalRun base) {
        float[] scores = of(reward, base);
        double mean = mean(scores);
        double squares = 0;
        for (float score : scores) {
            squares += Math.pow(score - mean, 2);
        }
        double deviation = Math.sqrt(squares / scores.length);
        if (!(deviation > 0)) {
            throw new IllegalStateException("VP-Score gives all images of the base the score " + mean);
        }
        return (mean(reward, run) - mean) / deviation;
    }

    /** The score of each image of a run, in its order. */
    public static float[] of(VpScore reward, EvalRun run) {
        List<ScenePrompt> prompts = run.plan().prompts();
        float[] scores = new float[prompts.size()];
        for (int from = 0; from < scores.length; from += BATCH) {
            int to = Math.min(from + BATCH, scores.length);
            List<String> texts =
                    prompts.subList(from, to).stream().map(ScenePrompt::text).toList();
            System.arraycopy(reward.score(run.images().subList(from, to), texts), 0, scores, from, to - from);
        }
        return scores;
    }

    /**
     * How often VP-Score agrees with the gold judge on which of two images of a prompt is better; pairs that the judge finds
     * equal do not count, pairs that VP-Score finds equal count as wrong.
     *
     * @param runs of one plan; images of a prompt are compared within and across them
     * @return 0 to 1; empty if there is no pair
     */
    public static OptionalDouble accuracy(VpScore reward, List<EvalRun> runs) {
        List<float[]> scores = runs.stream().map(run -> of(reward, run)).toList();
        int right = 0;
        int pairs = 0;
        int at = 0;
        for (PromptResult result : runs.get(0).gold().results()) {
            int size = result.verdicts().size();
            List<double[]> images = new ArrayList<>();
            for (int r = 0; r < runs.size(); r++) {
                for (int i = at; i < at + size; i++) {
                    images.add(new double[] {runs.get(r).verdicts().get(i).meanRating(), scores.get(r)[i]});
                }
            }
            at += size;
            for (double[] better : images) {
                long[] counts = images.stream()
                        .filter(worse -> better[0] > worse[0])
                        .mapToLong(worse -> better[1] > worse[1] ? 1 : 0)
                        .toArray();
                pairs += counts.length;
                right += (int) Arrays.stream(counts).sum();
            }
        }
        return pairs == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) right / pairs);
    }
}
