package dev.preflow.app.eval;

import dev.preflow.demo.scene.PromptGrammar;
import dev.preflow.demo.scene.ScenePrompt;
import dev.preflow.models.pipeline.GenerationRequest;
import dev.preflow.models.tensor.Noise;
import java.util.ArrayList;
import java.util.List;

/**
 * What is drawn for an evaluation: held-out prompts and fixed seeds, the same for every model.
 *
 * @param one images of prompts that name one object
 * @param two images of prompts that name two
 * @param three images of prompts that name three
 * @param steps denoising steps, deterministic
 * @param guidanceScale classifier-free guidance; 1 is none
 */
public record EvalPlan(int one, int two, int three, int steps, double guidanceScale) {
    /** Every prompt is drawn this often at least, for the diversity among its images. */
    private static final int PER_PROMPT = 4;

    private static final long SEED = 20_404_15100L;

    /** The plan of {@code preflow eval}. */
    public static EvalPlan full(double guidanceScale) {
        return new EvalPlan(120, 96, 48, 10, guidanceScale);
    }

    /** A small plan, cheap enough to run beside the loop. */
    public static EvalPlan quick(double guidanceScale) {
        return new EvalPlan(60, 40, 20, 10, guidanceScale);
    }

    /** How many images each model draws. */
    public int images() {
        return one + two + three;
    }

    /** The prompts, each as often as it is drawn, grouped by prompt. */
    List<ScenePrompt> prompts() {
        PromptGrammar grammar = new PromptGrammar();
        List<ScenePrompt> prompts = new ArrayList<>();
        int[] images = {one, two, three};
        for (int objects = 1; objects <= images.length; objects++) {
            int count = images[objects - 1];
            List<ScenePrompt> distinct =
                    count == 0 ? List.of() : grammar.evaluation(objects, Math.max(1, count / PER_PROMPT));
            for (int i = 0; i < count; i++) {
                prompts.add(distinct.get(i * distinct.size() / count));
            }
        }
        return prompts;
    }

    /** The requests, in the order of {@link #prompts()}. */
    List<GenerationRequest> requests() {
        List<ScenePrompt> prompts = prompts();
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
            requests.add(GenerationRequest.of(prompts.get(i).text(), Noise.derive(SEED, i), guidanceScale, steps));
        }
        return requests;
    }
}
