package dev.preflow.trainer.ppo;

/**
 * One denoising step of one image.
 *
 * @param sample the image
 * @param step which of its steps
 * @param advantage the image's
 */
record TrainedPair(Sample sample, int step, float advantage) {
    float[] latents() {
        return sample.trajectory().latents()[step];
    }

    float[] next() {
        return sample.trajectory().latents()[step + 1];
    }

    float logProbability() {
        return sample.trajectory().logProbabilities()[step];
    }
}
