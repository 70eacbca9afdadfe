package dev.preflow.demo.judge;

import dev.preflow.demo.scene.Colour;
import java.util.Arrays;
import java.util.List;

/** Parts a patch that holds two hues: 2-means in the hue plane, accepted when the means differ clearly and both sides weigh. */
final class HueSplit {
    private static final double LEAST_ANGLE = 22;
    private static final double LEAST_SHARE = 0.12;
    private static final int LEAST_PIXELS = 16;
    private static final int ROUNDS = 6;

    private HueSplit() {}

    static void split(Canvas canvas, int[] pixels, List<int[]> into) {
        double[] mean = mean(canvas, pixels);
        int far = pixels[0];
        double farthest = -1;
        for (int i : pixels) {
            double d = Math.hypot(canvas.alpha[i] - mean[0], canvas.beta[i] - mean[1]);
            if (d > farthest) {
                farthest = d;
                far = i;
            }
        }
        double[] one = {canvas.alpha[far], canvas.beta[far]};
        double[] two = mean;
        int[] left = pixels;
        int[] right = {};
        for (int round = 0; round < ROUNDS; round++) {
            double[] o = one;
            double[] t = two;
            left = Arrays.stream(pixels)
                    .filter(i -> distance(canvas, i, o) < distance(canvas, i, t))
                    .toArray();
            right = Arrays.stream(pixels)
                    .filter(i -> distance(canvas, i, o) >= distance(canvas, i, t))
                    .toArray();
            if (left.length < LEAST_PIXELS || right.length < LEAST_PIXELS) {
                into.add(pixels);
                return;
            }
            one = mean(canvas, left);
            two = mean(canvas, right);
        }
        boolean apart = Colour.hueDistance(angle(one), angle(two)) > LEAST_ANGLE;
        boolean weighty = Math.min(left.length, right.length) > LEAST_SHARE * pixels.length;
        if (apart && weighty && compact(left) && compact(right)) {
            split(canvas, left, into);
            split(canvas, right, into);
        } else {
            into.add(pixels);
        }
    }

    /** Whether the pixels are a patch rather than a rim: half of them have all four neighbours. */
    private static boolean compact(int[] pixels) {
        boolean[] mask = new boolean[Canvas.SIDE * Canvas.SIDE];
        for (int i : pixels) {
            mask[i] = true;
        }
        int inner = 0;
        for (int i : pixels) {
            if (!Canvas.onFrame(i) && mask[i - 1] && mask[i + 1] && mask[i - Canvas.SIDE] && mask[i + Canvas.SIDE]) {
                inner++;
            }
        }
        return inner > 0.35 * pixels.length;
    }

    private static double[] mean(Canvas canvas, int[] pixels) {
        double a = 0;
        double b = 0;
        for (int i : pixels) {
            a += canvas.alpha[i];
            b += canvas.beta[i];
        }
        return new double[] {a / pixels.length, b / pixels.length};
    }

    private static double distance(Canvas canvas, int i, double[] centre) {
        double a = canvas.alpha[i] - centre[0];
        double b = canvas.beta[i] - centre[1];
        return a * a + b * b;
    }

    private static double angle(double[] vector) {
        return Math.toDegrees(Math.atan2(vector[1], vector[0]));
    }
}
