package dev.preflow.producers.generate;

import dev.preflow.schemas.GenerationTask;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One image for the local pipeline to draw, its variant's own settings put in place of the task's.
 *
 * @param text the words
 * @param seed seeds the initial noise and every stochastic step
 * @param guidanceScale classifier-free guidance scale; 1 is none
 * @param kind what it must share with those that it is drawn together with
 */
record PaintTask(String text, long seed, float guidanceScale, Kind kind) {

    static PaintTask of(GenerationTask task, Variant variant, boolean rollout) {
        // a trajectory is trained on as it was asked for
        int steps = rollout || variant.steps() == null ? task.getSteps() : variant.steps();
        float guidance = rollout || variant.guidanceScale() == null ? task.getGuidanceScale() : variant.guidanceScale();
        var kind = new Kind(
                variant.live() ? null : variant.directory(),
                task.getPolicyRelease(),
                steps,
                task.getStochasticSteps(),
                task.getEta(),
                rollout);
        return new PaintTask(task.getPromptText(), task.getSeed(), guidance, kind);
    }

    /**
     * What images drawn together have in common. Guidance may differ: it is applied image by image.
     *
     * @param directory the frozen model; null for the policy
     * @param release the policy release that must draw; null for the newest, or for a frozen model
     * @param steps denoising steps
     * @param stochasticSteps how many of the first are stochastic
     * @param eta DDIM's eta of the stochastic steps
     * @param recorded whether the trajectories are kept
     */
    record Kind(
            @Nullable Path directory,
            @Nullable String release,
            int steps,
            int stochasticSteps,
            float eta,
            boolean recorded) {}
}
