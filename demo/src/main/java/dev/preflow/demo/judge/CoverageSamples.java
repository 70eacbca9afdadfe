package dev.preflow.demo.judge;

import dev.preflow.demo.scene.ShapeKind;

/** A window's known pixels in compact arrays: fitting a shape reads them some hundred times. */
final class CoverageSamples {
    /** Width of the linear ramp that stands for a Gaussian edge, in standard deviations. */
    private static final double RAMP = 2.5;
    /** Cosine of the slant of the triangle's sides: turns a horizontal distance into one along the normal. */
    private static final float SLANT = (float) (2 / Math.sqrt(5));

    private final float[] xs;
    private final float[] ys;
    private final float[] values;
    private final float total;
    private final float steepness;

    CoverageSamples(Window window) {
        int known = 0;
        for (boolean hidden : window.unknown) {
            known += hidden ? 0 : 1;
        }
        xs = new float[known];
        ys = new float[known];
        values = new float[known];
        float sum = 0;
        int at = 0;
        for (int k = 0; k < window.coverage.length; k++) {
            if (!window.unknown[k]) {
                xs[at] = window.left + k % window.width + 0.5f;
                ys[at] = window.top + k / window.width + 0.5f;
                values[at++] = window.coverage[k];
                sum += window.coverage[k];
            }
        }
        total = sum;
        steepness = (float) (1 / Math.max(1, RAMP * window.blur));
    }

    /** Soft intersection over union with a shape whose edge is as soft as the patch's, 0 to 1. */
    double overlap(ShapeKind shape, double x, double y, double size) {
        return switch (shape) {
            case CIRCLE -> circle((float) x, (float) y, (float) size);
            case SQUARE -> square((float) x, (float) y, (float) (ShapeKind.SQUARE_HALF_SIDE * size));
            case TRIANGLE -> triangle((float) x, (float) y, (float) size);
        };
    }

    private double circle(float x, float y, float radius) {
        float both = 0;
        float shape = 0;
        for (int i = 0; i < values.length; i++) {
            float dx = xs[i] - x;
            float dy = ys[i] - y;
            float covered = covered((float) Math.sqrt(dx * dx + dy * dy) - radius);
            both += Math.min(covered, values[i]);
            shape += covered;
        }
        return ratio(both, shape);
    }

    private double square(float x, float y, float half) {
        float both = 0;
        float shape = 0;
        for (int i = 0; i < values.length; i++) {
            float covered = covered(Math.max(Math.abs(xs[i] - x), Math.abs(ys[i] - y)) - half);
            both += Math.min(covered, values[i]);
            shape += covered;
        }
        return ratio(both, shape);
    }

    private double triangle(float x, float y, float size) {
        float both = 0;
        float shape = 0;
        for (int i = 0; i < values.length; i++) {
            float dy = ys[i] - y;
            float side = (Math.abs(xs[i] - x) - 0.5f * (dy + size)) * SLANT;
            float covered = covered(Math.max(dy - size, side));
            both += Math.min(covered, values[i]);
            shape += covered;
        }
        return ratio(both, shape);
    }

    /** Coverage at a signed distance from the outline, negative inside. */
    private float covered(float distance) {
        return Math.max(0, Math.min(1, 0.5f - distance * steepness));
    }

    private double ratio(float both, float shape) {
        float either = total + shape - both;
        return either <= 0 ? 0 : both / either;
    }
}
