package dev.preflow.models.pipeline;

/**
 * How an image came about: what policy-gradient training needs to evaluate the same steps again.
 *
 * @param shape of one latent, C×H×W
 * @param latents the latents before the first step and after each step, each flattened; one more than {@code timesteps}
 * @param timesteps at which the network was asked, from noisy to clean
 * @param logProbabilities of each stochastic step's draw, averaged over the latent's dimensions; as many as there are
 *     stochastic steps
 */
public record Trajectory(long[] shape, float[][] latents, int[] timesteps, float[] logProbabilities) {}
