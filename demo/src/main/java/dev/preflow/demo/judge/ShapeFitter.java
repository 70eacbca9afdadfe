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

    private final Window window;
    private final CoverageSamples samples;

    private ShapeFitter(Window window) {
        this.window = window;
        this.samples = window.samples();
    }

    static Map<ShapeKind, ShapeFit> fit(Window window) {
        return new ShapeFitter(window).fit();
    }

    private Map<ShapeKind, ShapeFit> fit() {
        Map<ShapeKind, ShapeFit> starts = new EnumMap<>(ShapeKind.class);
        double best = 0;
        for (ShapeKind shape : ShapeKind.values()) {
            ShapeFit start = start(shape);
            starts.put(shape, start);
            best = Math.max(best, start.overlap());
        }
        Map<ShapeKind, ShapeFit> fits = new EnumMap<>(ShapeKind.class);
        for (ShapeFit start : starts.values()) {
            boolean hopeless = start.overlap() < best - HOPELESS && window.onFrame == 0;
            fits.put(start.shape(), hopeless ? start : climb(start));
        }
        return fits;
    }

    private ShapeFit start(ShapeKind shape) {
        double size =
                switch (shape) {
                    case CIRCLE -> Math.sqrt(window.area / Math.PI);
                    case SQUARE -> Math.sqrt(window.area) / (2 * ShapeKind.SQUARE_HALF_SIDE);
                    case TRIANGLE -> Math.sqrt(window.area / 2);
                };
        double y = shape == ShapeKind.TRIANGLE ? window.centreY - size / 3 : window.centreY;
        ShapeFit byMoments = at(shape, window.centreX, y, size);
        if (window.onFrame == 0) {
            return byMoments;
        }
        // a cut object's moments mislead: lean its true outline against the edges that are still visible
        double half = Math.max(window.width, window.height) / 2.0 - 3;
        boolean cutLeft = window.left == 0;
        boolean cutTop = window.top == 0;
        double x = cutLeft ? window.width - 3 - half : window.left + 3 + half;
        double boxY = cutTop ? window.height - 3 - half : window.top + 3 + half;
        ShapeFit byBox = at(shape, x, boxY, half);
        return byBox.overlap() > byMoments.overlap() ? byBox : byMoments;
    }

    private ShapeFit climb(ShapeFit start) {
        ShapeFit best = start;
        for (double step : STEPS) {
            for (int move = 0; move < MOVES_PER_STEP; move++) {
                ShapeFit before = best;
                best = better(best, step, 0, 0);
                best = better(best, 0, step, 0);
                best = better(best, 0, 0, step);
                if (best == before) {
                    break;
                }
            }
        }
        return best;
    }

    private ShapeFit better(ShapeFit from, double dx, double dy, double grow) {
        ShapeFit forth = at(from.shape(), from.x() + dx, from.y() + dy, from.size() + grow);
        if (forth.overlap() > from.overlap()) {
            return forth;
        }
        ShapeFit back = at(from.shape(), from.x() - dx, from.y() - dy, from.size() - grow);
        return back.overlap() > from.overlap() ? back : from;
    }

    private ShapeFit at(ShapeKind shape, double x, double y, double size) {
        double overlap = size < 1 ? 0 : samples.overlap(shape, x, y, size);
        return new ShapeFit(shape, x, y, size, overlap);
    }
}
