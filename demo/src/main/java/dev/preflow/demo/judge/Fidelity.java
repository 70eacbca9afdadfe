package dev.preflow.demo.judge;

import java.util.Locale;

/** Rates how true the worst object's shape is, and how sharp. */
final class Fidelity {
    /** Pixels by which even a true outline is off on average, from the pixel grid and mild degradation. */
    private static final double GRID_ERROR = 0.25;

    private static final double TRUE_SHAPE = 0.05;
    private static final double NO_SHAPE = 0.3;
    private static final double SHARP = 1.0;
    private static final double SMEARED = 2.2;

    private Fidelity() {}

    static AspectRating rate(SeenScene seen) {
        if (seen.objects().isEmpty()) {
            return AspectRating.clamped(Aspect.FIDELITY, AspectRating.WORST, "No object whose shape could be judged.");
        }
        double worst = 0;
        SeenObject which = seen.objects().get(0);
        for (SeenObject object : seen.objects()) {
            double fault = Math.max(dent(object), Ramp.up(object.blur(), SHARP, SMEARED));
            if (fault > worst) {
                worst = fault;
                which = object;
            }
        }
        String rationale = String.format(
                Locale.ROOT,
                "%s: the outline agrees with a true %s to %d %%, edge blur %.1f px.",
                capitalised(which.describe()),
                which.best().shape().word(),
                Math.round(100 * which.best().overlap()),
                which.blur());
        return AspectRating.clamped(Aspect.FIDELITY, AspectRating.BEST - 4 * worst, rationale);
    }

    /** How badly the outline is off, 0 to 1: the area outside the overlap less what the grid alone costs at this size. */
    static double dent(SeenObject object) {
        ShapeFit fit = object.best();
        double off = 1 - fit.overlap() - GRID_ERROR * 2 / Math.max(1, fit.size());
        return Ramp.up(off, TRUE_SHAPE, NO_SHAPE);
    }

    private static String capitalised(String text) {
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }
}
