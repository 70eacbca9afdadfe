package dev.preflow.demo.pretrain;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.preflow.demo.render.Pixels;
import dev.preflow.demo.render.SceneRenderer;
import dev.preflow.models.image.RgbImage;
import dev.preflow.models.pipeline.DiffusionPipeline;
import dev.preflow.models.tensor.Autograd;
import dev.preflow.models.tensor.Noise;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Scenes as a generator would paint them: through its autoencoder, with latents that are a little off. What VP-Score has to look
 * at has a decoder's soft edges and grain, and no renderer's.
 */
final class Repainter {
    /** Deviation of the noise in latents, at most, where a generator's latents have 1. */
    private static final double MOST_OFF = 0.2;

    private final DiffusionPipeline generator;

    /** By a pipeline for images of a scene's size, which stays the caller's. */
    Repainter(DiffusionPipeline generator) {
        this.generator = generator;
    }

    /** The images anew. */
    List<RgbImage> repaint(List<BufferedImage> images, RandomGenerator random) {
        int size = images.size();
        float[] planes = new float[size * SceneBatch.IMAGE];
        float[] off = new float[size];
        for (int i = 0; i < size; i++) {
            Pixels.toPlanes(images.get(i), planes, i * SceneBatch.IMAGE);
            off[i] = (float) (random.nextDouble(MOST_OFF)
                    / generator.models().vae().config().scalingFactor());
        }
        float[] painted = through(planes, off, random.nextLong());
        List<RgbImage> repainted = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            repainted.add(RgbImage.of(
                    Pixels.fromPlanes(painted, i * SceneBatch.IMAGE, SceneRenderer.SIDE, SceneRenderer.SIDE)));
        }
        return repainted;
    }

    /** What planes in [-1, 1] become, with noise of each image's deviation in its latents. */
    private float[] through(float[] planes, float[] off, long seed) {
        var vae = generator.models().vae();
        try (Autograd none = Autograd.disabled();
                NDManager scope = generator.vae().manager().newSubManager()) {
            NDArray latents = vae.encode(generator.vae().root(), VaeTraining.images(scope, planes))
                    .mean();
            NDArray noise = Noise.normal(scope, seed, latents.getShape())
                    .mul(scope.create(off, new Shape(off.length, 1, 1, 1)));
            return vae.decode(generator.vae().root(), latents.add(noise)).toFloatArray();
        }
    }
}
