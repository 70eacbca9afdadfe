package dev.preflow.demo.judge;

/**
 * A linear function of the pixel's place, v = base + right·x + down·y: the background's model, plain or a soft gradient.
 *
 * @param base value at the upper left corner
 * @param right change per pixel to the right
 * @param down change per pixel downwards
 */
record Plane(double base, double right, double down) {
    double at(int x, int y) {
        return base + right * x + down * y;
    }

    /** The least-squares plane through the pixels of the mask. */
    static Plane fit(float[] values, boolean[] mask, int side) {
        double n = 0;
        double sx = 0;
        double sy = 0;
        double sxx = 0;
        double sxy = 0;
        double syy = 0;
        double sv = 0;
        double sxv = 0;
        double syv = 0;
        for (int i = 0; i < values.length; i++) {
            if (mask[i]) {
                double x = i % side;
                double y = i / side;
                double v = values[i];
                n++;
                sx += x;
                sy += y;
                sxx += x * x;
                sxy += x * y;
                syy += y * y;
                sv += v;
                sxv += x * v;
                syv += y * v;
            }
        }
        if (n == 0) {
            throw new IllegalArgumentException("a plane needs at least one pixel");
        }
        double cxx = sxx - sx * sx / n;
        double cxy = sxy - sx * sy / n;
        double cyy = syy - sy * sy / n;
        double cxv = sxv - sx * sv / n;
        double cyv = syv - sy * sv / n;
        double determinant = cxx * cyy - cxy * cxy;
        // too few or collinear pixels say nothing about a slope
        double right = determinant > 1e-3 ? (cxv * cyy - cyv * cxy) / determinant : 0;
        double down = determinant > 1e-3 ? (cyv * cxx - cxv * cxy) / determinant : 0;
        return new Plane((sv - right * sx - down * sy) / n, right, down);
    }
}
