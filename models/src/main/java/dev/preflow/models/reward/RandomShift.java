package dev.preflow.models.reward;

import dev.preflow.models.image.RgbImage;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Moves training images by a few pixels; the border repeats. A vision transformer trained from nothing knows no translation,
 * and without this it learns a few thousand images by heart.
 */
final class RandomShift {
    private RandomShift() {}

    /** Shifts every image by up to {@code share} of its sides, in both directions. */
    static List<RgbImage> apply(List<RgbImage> images, double share, RandomGenerator random) {
        return share == 0
                ? images
                : images.stream()
                        .map(image -> shifted(
                                image,
                                offset((int) (share * image.width()), random),
                                offset((int) (share * image.height()), random)))
                        .toList();
    }

    private static int offset(int most, RandomGenerator random) {
        return random.nextInt(2 * most + 1) - most;
    }

    /** The image seen {@code right} columns further right and {@code down} rows further down. */
    static RgbImage shifted(RgbImage image, int right, int down) {
        int width = image.width();
        int height = image.height();
        byte[] from = image.planes();
        byte[] to = new byte[from.length];
        for (int row = 0; row < 3 * height; row++) {
            int plane = row / height * height;
            int source = (plane + clamp(row - plane + down, height)) * width;
            for (int x = 0; x < width; x++) {
                to[row * width + x] = from[source + clamp(x + right, width)];
            }
        }
        return new RgbImage(width, height, to);
    }

    private static int clamp(int value, int size) {
        return Math.max(0, Math.min(size - 1, value));
    }
}
