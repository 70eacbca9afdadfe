package dev.preflow.app.demo;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A straight line through points, by least squares.
 *
 * @param slope units of y in one of x
 * @param standardError of the slope, from how far the points are from the line
 */
record Trend(double slope, double standardError) {
    private static final int LEAST_POINTS = 6;

    /** Where a line goes by. */
    record Point(double x, double y) {}

    /**
     * The line through points.
     *
     * @param points not all at one x
     * @return null when there are fewer than six
     */
    static @Nullable Trend of(List<Point> points) {
        int n = points.size();
        if (n < LEAST_POINTS) {
            return null;
        }
        double x = points.stream().mapToDouble(Point::x).average().orElseThrow();
        double y = points.stream().mapToDouble(Point::y).average().orElseThrow();
        double spread = points.stream().mapToDouble(p -> Math.pow(p.x() - x, 2)).sum();
        double slope =
                points.stream().mapToDouble(p -> (p.x() - x) * (p.y() - y)).sum() / spread;
        double residual = points.stream()
                .mapToDouble(p -> Math.pow(p.y() - y - slope * (p.x() - x), 2))
                .sum();
        return new Trend(slope, Math.sqrt(residual / (n - 2) / spread));
    }
}
