package dev.preflow.demo.judge;

import dev.preflow.demo.render.Pixels;
import java.awt.image.BufferedImage;

/**
 * A picture with its background taken away, in opponent colours: the hue plane (alpha = R−(G+B)/2, beta = √3/2·(G−B)) and lightness
 * (mean of R, G, B), each as the difference from the estimated background, on the scale of 0 to 255.
 */
final class Canvas {
    /** Pictures are judged at this width and height. */
    static final int SIDE = 64;

    private static final int PIXELS = SIDE * SIDE;
    private static final float DULL = 60;
    private static final int LEAST_BACKGROUND = PIXELS / 8;
    private static final int ROUNDS = 4;

    final float[] alpha = new float[PIXELS];
    final float[] beta = new float[PIXELS];
    final float[] lightness = new float[PIXELS];
    /** Distance from the background in the hue plane. */
    final float[] chroma = new float[PIXELS];
    /** Root mean square deviation of the background from its plane. */
    final double noise;
    /** Chroma of the background itself. */
    final double tint;

    Canvas(BufferedImage image) {
        int[] pixels = Pixels.packed(Pixels.scaled(image, SIDE, SIDE));
        boolean[] background = new boolean[PIXELS];
        int dull = 0;
        for (int i = 0; i < PIXELS; i++) {
            int r = pixels[i] >> 16 & 255;
            int g = pixels[i] >> 8 & 255;
            int b = pixels[i] & 255;
            alpha[i] = r - 0.5f * (g + b);
            beta[i] = 0.8660254f * (g - b);
            lightness[i] = (r + g + b) / 3f;
            background[i] = Math.hypot(alpha[i], beta[i]) < DULL;
            dull += background[i] ? 1 : 0;
        }
        if (dull < LEAST_BACKGROUND) {
            // a background with a colour of its own: start from the picture's frame instead
            for (int i = 0; i < PIXELS; i++) {
                background[i] = onFrame(i);
            }
        }
        Plane[] planes = fit(background);
        tint = Math.hypot(planes[0].at(SIDE / 2, SIDE / 2), planes[1].at(SIDE / 2, SIDE / 2));
        noise = subtract(planes, background);
    }

    private Plane[] fit(boolean[] background) {
        Plane[] planes = planes(background);
        for (int round = 1; round < ROUNDS; round++) {
            double sum = 0;
            int n = 0;
            for (int i = 0; i < PIXELS; i++) {
                if (background[i]) {
                    sum += residual(planes, i);
                    n++;
                }
            }
            double limit = Math.max(10, 2.5 * sum / n);
            for (int i = 0; i < PIXELS; i++) {
                background[i] = residual(planes, i) < limit;
            }
            planes = planes(background);
        }
        return planes;
    }

    private Plane[] planes(boolean[] mask) {
        return new Plane[] {Plane.fit(alpha, mask, SIDE), Plane.fit(beta, mask, SIDE), Plane.fit(lightness, mask, SIDE)
        };
    }

    private double residual(Plane[] planes, int i) {
        int x = i % SIDE;
        int y = i / SIDE;
        double a = alpha[i] - planes[0].at(x, y);
        double b = beta[i] - planes[1].at(x, y);
        double l = lightness[i] - planes[2].at(x, y);
        return Math.sqrt(a * a + b * b + l * l);
    }

    private double subtract(Plane[] planes, boolean[] background) {
        double squares = 0;
        int n = 0;
        for (int i = 0; i < PIXELS; i++) {
            int x = i % SIDE;
            int y = i / SIDE;
            alpha[i] -= (float) planes[0].at(x, y);
            beta[i] -= (float) planes[1].at(x, y);
            lightness[i] -= (float) planes[2].at(x, y);
            chroma[i] = (float) Math.sqrt(alpha[i] * alpha[i] + beta[i] * beta[i]);
            if (background[i]) {
                squares += chroma[i] * chroma[i] + lightness[i] * lightness[i];
                n++;
            }
        }
        return Math.sqrt(squares / Math.max(1, n));
    }

    /** Whether the pixel lies on the picture's outermost row or column. */
    static boolean onFrame(int i) {
        int x = i % SIDE;
        int y = i / SIDE;
        return x == 0 || y == 0 || x == SIDE - 1 || y == SIDE - 1;
    }

    /**
     * Whether a mask holds the pixel or one around it.
     *
     * @param reach how many pixels away, in each direction
     */
    static boolean near(boolean[] mask, int i, int reach) {
        int x = i % SIDE;
        int y = i / SIDE;
        for (int v = Math.max(0, y - reach); v <= Math.min(SIDE - 1, y + reach); v++) {
            for (int u = Math.max(0, x - reach); u <= Math.min(SIDE - 1, x + reach); u++) {
                if (mask[v * SIDE + u]) {
                    return true;
                }
            }
        }
        return false;
    }
}
