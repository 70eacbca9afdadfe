package dev.preflow.demo.render;

import dev.preflow.demo.scene.PlacedObject;
import dev.preflow.demo.scene.ShapeKind;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.util.random.RandomGenerator;

/** The outlines of objects, true and squashed. */
public final class Outlines {
    private static final double LEAST_SHARE = 0.48;
    private static final double MOST_SHARE = 0.58;

    private Outlines() {}

    /** The true outline, in pixels. */
    public static Shape of(PlacedObject object) {
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

    /** The outline squashed about the object's centre, in one direction: inside the true one, and never nearly true. */
    static Shape squashed(PlacedObject object, RandomGenerator random) {
        double share = random.nextDouble(LEAST_SHARE, MOST_SHARE);
        boolean flat = random.nextBoolean();
        AffineTransform squash = AffineTransform.getTranslateInstance(object.x(), object.y());
        squash.scale(flat ? 1 : share, flat ? share : 1);
        squash.translate(-object.x(), -object.y());
        return squash.createTransformedShape(of(object));
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
