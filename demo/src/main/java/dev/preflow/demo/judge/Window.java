package dev.preflow.demo.judge;

/** The part of a canvas around one patch, as coverage from 0 to 1; pixels of other patches and under a sign are unknown. */
final class Window {
    private static final int MARGIN = 3;
    private static final int SIDE = Canvas.SIDE;
    private static final double LEAST_MID = 0.25;
    private static final double MOST_MID = 0.75;
    /** Standard deviations between the quartiles of a Gaussian edge. */
    private static final double MID_WIDTH = 1.35;
    /** A staircase of pixels is longer than the line that it follows. */
    private static final double STAIRCASE = 0.8;

    final int left;
    final int top;
    final int width;
    final int height;
    final float[] coverage;
    final boolean[] unknown;
    /** Sum of the coverage, in pixels. */
    final double area;

    final double centreX;
    final double centreY;
    /** Pixels on the picture's outermost rows and columns that the patch covers by half or more. */
    final int onFrame;
    /** Standard deviation of the Gaussian that would blur a sharp edge like this, in pixels. */
    final double blur;

    Window(Canvas canvas, Region region, boolean[] white, int[] owners) {
        int x0 = SIDE;
        int x1 = 0;
        int y0 = SIDE;
        int y1 = 0;
        for (int i : region.pixels()) {
            x0 = Math.min(x0, i % SIDE);
            x1 = Math.max(x1, i % SIDE);
            y0 = Math.min(y0, i / SIDE);
            y1 = Math.max(y1, i / SIDE);
        }
        left = Math.max(0, x0 - MARGIN);
        top = Math.max(0, y0 - MARGIN);
        width = Math.min(SIDE, x1 + MARGIN + 1) - left;
        height = Math.min(SIDE, y1 + MARGIN + 1) - top;
        coverage = new float[width * height];
        unknown = new boolean[width * height];
        int own = owners[region.pixels()[0]];
        double sum = 0;
        double sumX = 0;
        double sumY = 0;
        int frame = 0;
        for (int k = 0; k < coverage.length; k++) {
            int i = (top + k / width) * SIDE + left + k % width;
            unknown[k] = owners[i] != own && (owners[i] != 0 || Canvas.near(white, i, 1));
            if (owners[i] == own) {
                double along = (canvas.alpha[i] * region.alpha() + canvas.beta[i] * region.beta()) / region.chroma();
                coverage[k] = (float) Math.max(0, Math.min(1, along / region.chroma()));
                unknown[k] = coverage[k] < MOST_MID && Canvas.near(white, i, 1);
                sum += coverage[k];
                sumX += coverage[k] * (i % SIDE + 0.5);
                sumY += coverage[k] * (i / SIDE + 0.5);
                frame += coverage[k] > 0.5 && Canvas.onFrame(i) ? 1 : 0;
            }
        }
        area = sum;
        centreX = sumX / sum;
        centreY = sumY / sum;
        onFrame = frame;
        blur = edgeWidth();
    }

    private double edgeWidth() {
        int mid = 0;
        int steps = 0;
        for (int k = 0; k < coverage.length; k++) {
            if (unknown[k]) {
                continue;
            }
            mid += coverage[k] > LEAST_MID && coverage[k] < MOST_MID ? 1 : 0;
            boolean inside = coverage[k] > 0.5;
            if (k % width < width - 1 && !unknown[k + 1] && inside != coverage[k + 1] > 0.5) {
                steps++;
            }
            if (k + width < coverage.length && !unknown[k + width] && inside != coverage[k + width] > 0.5) {
                steps++;
            }
        }
        return steps == 0 ? 0 : mid / (STAIRCASE * steps * MID_WIDTH);
    }

    /** The pixels that count for the fit of a shape. */
    CoverageSamples samples() {
        return new CoverageSamples(this);
    }
}
