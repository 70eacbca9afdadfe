package dev.preflow.demo.render;

import dev.preflow.demo.scene.PlacedObject;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.util.List;
import java.util.random.RandomGenerator;

/** A white cross of two strokes, put where it covers the objects least. */
final class ForbiddenSign {
    private static final Color WHITE = new Color(245, 245, 245);
    private static final double LEAST_ARM = 4.5;
    private static final double MOST_ARM = 6.5;
    private static final float STROKE = 2.4f;
    private static final double MARGIN = 2;
    private static final int TRIES = 12;

    private ForbiddenSign() {}

    static void draw(Graphics2D graphics, double side, List<PlacedObject> objects, RandomGenerator random) {
        double arm = random.nextDouble(LEAST_ARM, MOST_ARM);
        double bestX = 0;
        double bestY = 0;
        double best = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < TRIES && best < 0; i++) {
            double x = random.nextDouble(arm + MARGIN, side - arm - MARGIN);
            double y = random.nextDouble(arm + MARGIN, side - arm - MARGIN);
            double room = Math.min(0, clearance(x, y, arm + MARGIN, objects));
            if (room > best) {
                best = room;
                bestX = x;
                bestY = y;
            }
        }
        graphics.setColor(WHITE);
        graphics.setStroke(new BasicStroke(STROKE));
        graphics.draw(new Line2D.Double(bestX - arm, bestY - arm, bestX + arm, bestY + arm));
        graphics.draw(new Line2D.Double(bestX - arm, bestY + arm, bestX + arm, bestY - arm));
    }

    /** Pixels between the sign's box and the nearest object's box, negative when they overlap. */
    private static double clearance(double x, double y, double arm, List<PlacedObject> objects) {
        return objects.stream()
                .mapToDouble(o -> Math.max(Math.abs(o.x() - x), Math.abs(o.y() - y)) - o.size() - arm)
                .min()
                .orElse(0);
    }
}
