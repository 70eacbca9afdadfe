package dev.preflow.demo.pretrain;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.util.random.RandomGenerator;

/** Makes outlines crooked, as a small generator draws them: every pixel is taken from some way off, by a smooth random field. */
final class Wobble {
    private static final double SHORTEST_WAVE = 8;
    private static final double LONGEST_WAVE = 18;
    private static final int WAVES = 3;

    private final double[] factors = new double[2 * WAVES];
    private final double[] phases = new double[WAVES];
    private final double amplitude;

    /** Displacements along one axis. */
    private Wobble(double amplitude, RandomGenerator random) {
        this.amplitude = amplitude / WAVES;
        for (int i = 0; i < WAVES; i++) {
            double angle = random.nextDouble(2 * Math.PI);
            double frequency = 2 * Math.PI / random.nextDouble(SHORTEST_WAVE, LONGEST_WAVE);
            factors[2 * i] = frequency * Math.cos(angle);
            factors[2 * i + 1] = frequency * Math.sin(angle);
            phases[i] = random.nextDouble(2 * Math.PI);
        }
    }

    private double at(int x, int y) {
        double sum = 0;
        for (int i = 0; i < WAVES; i++) {
            sum += Math.sin(factors[2 * i] * x + factors[2 * i + 1] * y + phases[i]);
        }
        return amplitude * sum;
    }

    /**
     * Displaces the pixels of a TYPE_INT_RGB image.
     *
     * @param most largest displacement along each axis, in pixels
     */
    static void apply(BufferedImage image, double most, RandomGenerator random) {
        int width = image.getWidth();
        int height = image.getHeight();
        int[] pixels = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
        int[] before = pixels.clone();
        Wobble right = new Wobble(most, random);
        Wobble down = new Wobble(most, random);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double fromX = Math.max(0, Math.min(width - 1.001, x + right.at(x, y)));
                double fromY = Math.max(0, Math.min(height - 1.001, y + down.at(x, y)));
                pixels[y * width + x] = between(before, width, fromX, fromY);
            }
        }
    }

    private static int between(int[] pixels, int width, double x, double y) {
        int at = (int) y * width + (int) x;
        double u = x - (int) x;
        double v = y - (int) y;
        int rgb = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            double above = (1 - u) * (pixels[at] >> shift & 255) + u * (pixels[at + 1] >> shift & 255);
            double below = (1 - u) * (pixels[at + width] >> shift & 255) + u * (pixels[at + width + 1] >> shift & 255);
            rgb |= (int) Math.round((1 - v) * above + v * below) << shift;
        }
        return rgb;
    }
}
