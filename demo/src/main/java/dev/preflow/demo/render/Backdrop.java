package dev.preflow.demo.render;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.util.random.RandomGenerator;

/** Muted backgrounds, plain or with a soft gradient: dark enough for the white sign and dull enough for the objects to stand out. */
final class Backdrop {
    private static final double DARKEST = 55;
    private static final double LIGHTEST = 140;
    private static final double TINT = 12;
    private static final double SLOPE = 28;

    private Backdrop() {}

    static void paint(BufferedImage image, RandomGenerator random) {
        int side = image.getWidth();
        int[] pixels = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
        boolean plain = random.nextBoolean();
        double angle = random.nextDouble() * 2 * Math.PI;
        double[] base = new double[3];
        double[] slope = new double[3];
        double grey = random.nextDouble(DARKEST, LIGHTEST);
        double rise = plain ? 0 : random.nextDouble(SLOPE / 3, SLOPE);
        for (int c = 0; c < 3; c++) {
            base[c] = grey + random.nextDouble(-TINT, TINT);
            slope[c] = rise + (plain ? 0 : random.nextDouble(-TINT / 3, TINT / 3));
        }
        double dx = Math.cos(angle) / side;
        double dy = Math.sin(angle) / side;
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                double t = (x - side / 2.0) * dx + (y - side / 2.0) * dy;
                int rgb = 0;
                for (int c = 0; c < 3; c++) {
                    rgb = rgb << 8 | (int) Math.round(base[c] + slope[c] * t);
                }
                pixels[y * side + x] = rgb;
            }
        }
    }
}
