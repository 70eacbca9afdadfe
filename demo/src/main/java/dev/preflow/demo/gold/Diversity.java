package dev.preflow.demo.gold;

import dev.preflow.demo.render.Pixels;
import dev.preflow.demo.render.SceneRenderer;
import dev.preflow.demo.scene.ScenePrompt;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** How much the pictures of one prompt differ: a policy that has collapsed draws the same picture again and again. */
public final class Diversity {
    private static final double FULL = 255;

    private Diversity() {}

    /**
     * The root mean square deviation of pixels in [0, 1] across pictures of one prompt: the square root of the sample variance
     * (divided by n−1, so that the number of pictures does not matter), averaged over pixels and channels.
     *
     * @param images at least two, of equal size
     */
    public static double of(List<BufferedImage> images) {
        if (images.size() < 2) {
            throw new IllegalArgumentException("diversity needs at least two images of a prompt, not " + images.size());
        }
        int width = images.get(0).getWidth();
        int height = images.get(0).getHeight();
        double[] sums = new double[3 * width * height];
        double[] squares = new double[sums.length];
        for (BufferedImage image : images) {
            if (image.getWidth() != width || image.getHeight() != height) {
                throw new IllegalArgumentException("images of one prompt must have one size, not " + width + "x"
                        + height + " and " + image.getWidth() + "x" + image.getHeight());
            }
            add(Pixels.packed(image), sums, squares);
        }
        int n = images.size();
        double total = 0;
        for (int i = 0; i < sums.length; i++) {
            total += Math.max(0, squares[i] - sums[i] * sums[i] / n) / (n - 1);
        }
        return Math.sqrt(total / sums.length);
    }

    /**
     * The diversity of clean rendered pictures, the reference: the mean over the prompts.
     *
     * @param perPrompt pictures of each prompt, at least two
     * @param seed of the renderer
     */
    public static double rendered(List<ScenePrompt> prompts, int perPrompt, long seed) {
        SceneRenderer renderer = new SceneRenderer();
        SplittableRandom random = new SplittableRandom(seed);
        double sum = 0;
        for (ScenePrompt prompt : prompts) {
            List<BufferedImage> images = new ArrayList<>();
            for (int i = 0; i < perPrompt; i++) {
                images.add(renderer.clean(prompt.spec(), random));
            }
            sum += of(images);
        }
        return sum / prompts.size();
    }

    private static void add(int[] pixels, double[] sums, double[] squares) {
        for (int i = 0; i < pixels.length; i++) {
            for (int c = 0; c < 3; c++) {
                double value = (pixels[i] >> 8 * c & 255) / FULL;
                sums[3 * i + c] += value;
                squares[3 * i + c] += value * value;
            }
        }
    }
}
