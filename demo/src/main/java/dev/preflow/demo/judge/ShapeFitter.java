package dev.preflow.demo.judge;

import dev.preflow.demo.scene.ShapeKind;
import java.util.EnumMap;
import java.util.Map;

/** Lays each true shape over a patch: pattern search over place and size for the greatest overlap, from moments and from the box. */
final class ShapeFitter {
    private static final double[] STEPS = {2, 1, 0.5, 0.25};
    private static final int MOVES_PER_STEP = 4;
    /** A shape that starts this far behind the best one does not catch up. */
    private static final double HOPELESS = 0.2;

    private ShapeFitter() {}

    static Map<ShapeKind, ShapeFit> fit(Window window) {
        Map<ShapeKind, ShapeFit> starts = new EnumMap<>(ShapeKind.class);
        double best = 0;
        for (ShapeKind shape : ShapeKind.values()) {
            ShapeFit start = start(window, shape);
            starts.put(shape, start);
            best = Math.max(best, start.overlap());
        }
        Map<ShapeKind, ShapeFit> fits = new EnumMap<>(ShapeKind.class);
        for (ShapeFit start : starts.values()) {
            boolean hopeless = start.overlap() < best - HOPELESS && window.onFrame == 0;
            fits.put(start.shape(), hopeless ? start : climb(window, start));
        }
        return fits;
    }

    private static ShapeFit start(Window window, ShapeKind shape) {
        double size =
                switch (shape) {
                    case CIRCLE -> Math.sqrt(window.area / Math.PI);
                    case SQUARE -> Math.sqrt(window.area) / (2 * ShapeKind.SQUARE_HALF_SIDE);
                    case TRIANGLE -> Math.sqrt(window.area / 2);
                };
        double y = shape == ShapeKind.TRIANGLE ? window.centreY - size / 3 : window.centreY;
        ShapeFit byMoments = at(window, shape, window.centreX, y, size);
        if (window.onFrame == 0) {
            return byMoments;
        }
        // a cut object's moments mislead: lean its true outline against the edges that are still visible
        double half = Math.max(window.width, window.height) / 2.0 - 3;
        boolean cutLeft = window.left == 0;
        boolean cutTop = window.top == 0;
        double x = cutLeft ? window.width - 3 - half : window.left + 3 + half;
        double boxY = cutTop ? window.height - 3 - half : window.top + 3 + half;
        ShapeFit byBox = at(window, shape, x, boxY, half);
        return byBox.overlap() > byMoments.overlap() ? byBox : byMoments;
    }

    private static ShapeFit climb(Window window, ShapeFit start) {
        ShapeFit best = start;
        for (double step : STEPS) {
            for (int move = 0; move < MOVES_PER_STEP; move++) {
                ShapeFit before = best;
                best = better(window, best, step, 0, 0);
                best = better(window, best, 0, step, 0);
                best = better(window, best, 0, 0, step);
                if (best == before) {
                    break;
                }
            }
        }
        return best;
    }

    private static ShapeFit better(Window window, ShapeFit from, double dx, double dy, double grow) {
        ShapeFit forth = at(window, from.shape(), from.x() + dx, from.y() + dy, from.size() + grow);
        if (forth.overlap() > from.overlap()) {
            return forth;
        }
        ShapeFit back = at(window, from.shape(), from.x() - dx, from.y() - dy, from.size() - grow);
        return back.overlap() > from.overlap() ? back : from;
    }

    private static ShapeFit at(Window window, ShapeKind shape, double x, double y, double size) {
        double overlap = size < 1 ? 0 : window.overlap(shape, x, y, size);
        return new ShapeFit(shape, x, y, size, overlap);
    }
}
