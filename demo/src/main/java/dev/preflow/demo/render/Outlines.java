package dev.preflow.demo.render;

import dev.preflow.demo.scene.PlacedObject;
import dev.preflow.demo.scene.ShapeKind;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.util.random.RandomGenerator;

/** The outlines of objects, true and dented. */
final class Outlines {
    private static final int LEAST_SPIKES = 5;
    private static final int MOST_SPIKES = 7;
    private static final double LEAST_DENT = 0.25;
    private static final double MOST_DENT = 0.45;

    private Outlines() {}

    static Shape of(PlacedObject object) {
        double h = object.size();
        double x = object.x();
        double y = object.y();
        return switch (object.what().shape()) {
            case CIRCLE -> new Ellipse2D.Double(x - h, y - h, 2 * h, 2 * h);
            case SQUARE -> {
                double half = ShapeKind.SQUARE_HALF_SIDE * h;
                yield new Rectangle2D.Double(x - half, y - half, 2 * half, 2 * half);
            }
            case TRIANGLE -> polygon(new double[] {x, x + h, x - h}, new double[] {y - h, y + h, y + h});
        };
    }

    /** A ragged polygon about the object's place: corners alternate between outside and inside, so it is never nearly right (and with
     * fewer than five spikes it would look like a square). */
    static Shape dented(PlacedObject object, RandomGenerator random) {
        int corners = 2 * random.nextInt(LEAST_SPIKES, MOST_SPIKES + 1);
        double[] x = new double[corners];
        double[] y = new double[corners];
        double turn = random.nextDouble() * 2 * Math.PI;
        for (int i = 0; i < corners; i++) {
            double dent = random.nextDouble(LEAST_DENT, MOST_DENT);
            double radius = object.size() * (i % 2 == 0 ? 1 + dent / 2 : 1 - dent);
            double angle = turn + 2 * Math.PI * i / corners;
            x[i] = object.x() + radius * Math.cos(angle);
            y[i] = object.y() + radius * Math.sin(angle);
        }
        return polygon(x, y);
    }

    private static Shape polygon(double[] x, double[] y) {
        Path2D path = new Path2D.Double();
        path.moveTo(x[0], y[0]);
        for (int i = 1; i < x.length; i++) {
            path.lineTo(x[i], y[i]);
        }
        path.closePath();
        return path;
    }
}
