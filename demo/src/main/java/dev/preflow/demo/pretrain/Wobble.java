package dev.preflow.demo.pretrain;

import dev.preflow.demo.render.Outlines;
import dev.preflow.demo.scene.PlacedObject;
import java.awt.Shape;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.util.random.RandomGenerator;

/** Makes outlines crooked, as a small generator draws them: every pixel is taken from some way off, by a smooth random field. */
final class Wobble {
    private static final double SHORTEST_WAVE = 12;
    /** Longer than the largest object: stretches and slants it as a whole. */
    private static final double LONGEST_WAVE = 40;

    private static final int WAVES = 3;
    /** Distance of the points by which outlines are compared, in pixels. */
    private static final double GRAIN = 0.5;
    /** How far an object may reach once it is displaced, in its sizes. */
    private static final double MOST_GROWN = 1.5;
    /** How far it may be moved, in pixels. */
    private static final double REACH = 4;

    private final Waves right;
    private final Waves down;

    /**
     * Draws a field.
     *
     * @param steepness most that the displacement along each axis changes from one pixel to the next, in pixels: 0 leaves all as it
     *     is, at 1 things fold over
     */
    Wobble(double steepness, RandomGenerator random) {
        right = new Waves(steepness, random);
        down = new Waves(steepness, random);
    }

    /** Displacements along one axis. */
    private static final class Waves {
        private final double[] factors = new double[2 * WAVES];
        private final double[] phases = new double[WAVES];
        private final double[] amplitudes = new double[WAVES];

        Waves(double steepness, RandomGenerator random) {
            for (int i = 0; i < WAVES; i++) {
                double angle = random.nextDouble(2 * Math.PI);
                double frequency = 2 * Math.PI / wave(random);
                factors[2 * i] = frequency * Math.cos(angle);
                factors[2 * i + 1] = frequency * Math.sin(angle);
                phases[i] = random.nextDouble(2 * Math.PI);
                amplitudes[i] = steepness / WAVES / frequency;
            }
        }

        /** As many short ones as long ones, by their logarithms. */
        private static double wave(RandomGenerator random) {
            return SHORTEST_WAVE * Math.pow(LONGEST_WAVE / SHORTEST_WAVE, random.nextDouble());
        }

        double at(double x, double y) {
            double sum = 0;
            for (int i = 0; i < WAVES; i++) {
                sum += amplitudes[i] * Math.sin(factors[2 * i] * x + factors[2 * i + 1] * y + phases[i]);
            }
            return sum;
        }
    }

    /** Displaces the pixels of a TYPE_INT_RGB image. */
    void apply(BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        int[] pixels = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
        int[] before = pixels.clone();
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double fromX = Math.max(0, Math.min(width - 1.001, x + right.at(x, y)));
                double fromY = Math.max(0, Math.min(height - 1.001, y + down.at(x, y)));
                pixels[y * width + x] = between(before, width, fromX, fromY);
            }
        }
    }

    /**
     * What it makes of an object's outline. Neither its place nor its size are at fault.
     *
     * @return 1 less the intersection over union with the true outline of the same centroid and area, 0 to 1
     */
    double dent(PlacedObject object) {
        Shape outline = Outlines.of(object);
        double reach = MOST_GROWN * object.size() + REACH;
        Patch before = new Patch();
        Patch after = new Patch();
        for (double y = object.y() - reach; y <= object.y() + reach; y += GRAIN) {
            for (double x = object.x() - reach; x <= object.x() + reach; x += GRAIN) {
                before.add(x, y, outline.contains(x, y));
                after.add(x, y, outline.contains(x + right.at(x, y), y + down.at(x, y)));
            }
        }
        double growth = Math.sqrt(after.points / (double) before.points);
        int both = 0;
        int either = 0;
        for (double y = object.y() - reach; y <= object.y() + reach; y += GRAIN) {
            for (double x = object.x() - reach; x <= object.x() + reach; x += GRAIN) {
                boolean is = outline.contains(x + right.at(x, y), y + down.at(x, y));
                boolean shouldBe = outline.contains(
                        (x - after.meanX()) / growth + before.meanX(), (y - after.meanY()) / growth + before.meanY());
                both += is && shouldBe ? 1 : 0;
                either += is || shouldBe ? 1 : 0;
            }
        }
        return 1 - both / (double) either;
    }

    /** The points of an outline. */
    private static final class Patch {
        private int points;
        private double sumX;
        private double sumY;

        void add(double x, double y, boolean covered) {
            if (covered) {
                points++;
                sumX += x;
                sumY += y;
            }
        }

        double meanX() {
            return sumX / points;
        }

        double meanY() {
            return sumY / points;
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
