package dev.preflow.demo.pretrain;

import dev.preflow.demo.render.DefectRates;
import dev.preflow.demo.scene.PromptGrammar;

/**
 * How long and on what the base model is trained.
 *
 * @param seed of parameters, scenes and noise: the same plan makes the same model on the same machine
 * @param vaeSteps steps of the autoencoder, of {@code vaeBatch} images each
 * @param vaeBatch images of a step
 * @param scenes how many scenes the denoiser is trained on; their latents are kept in memory
 * @param denoiserSteps steps of the U-Net and the text encoder, of {@code denoiserBatch} images each
 * @param denoiserBatch images of a step
 * @param workers threads that share a batch
 * @param rates what is wrong with the scenes
 * @param weights how many objects the prompts name
 */
public record PretrainPlan(
        long seed,
        int vaeSteps,
        int vaeBatch,
        int scenes,
        int denoiserSteps,
        int denoiserBatch,
        int workers,
        DefectRates rates,
        PromptGrammar.Weights weights) {

    /** The plan that made the committed base model. */
    public static PretrainPlan standard() {
        return new PretrainPlan(
                1, 900, 16, 30_000, 6500, 32, 2, DefectRates.MIXTURE, new PromptGrammar.Weights(0.45, 0.4, 0.15));
    }

    public PretrainPlan {
        if (vaeSteps < 1 || vaeBatch < workers || denoiserSteps < 1 || denoiserBatch < workers || workers < 1) {
            throw new IllegalArgumentException("Steps and workers must be at least 1, and every worker needs an image");
        }
        if (scenes < denoiserBatch) {
            throw new IllegalArgumentException(scenes + " scenes do not fill a batch of " + denoiserBatch);
        }
    }
}
