package dev.preflow.demo.judge;

import java.util.Locale;

/** Rates how true the worst object's shape is, how sharp, and whether its colour ends at its edge. */
final class Fidelity {
    private static final double TRUE_SHAPE = 0.05;
    private static final double NO_SHAPE = 0.21;
    private static final double SHARP = 1.4;
    private static final double SMEARED = 2.2;
    /** One point. */
    private static final double FRINGED = 0.25;

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
                "%s: the outline agrees with a true %s to %d %%, edge blur %.1f px%s.",
                capitalised(which.describe()),
                which.best().shape().word(),
                Math.round(100 * which.best().overlap()),
                which.blur(),
                seen.fringed() ? ", fringes of the opposite colour" : "");
        double fringes = seen.fringed() ? FRINGED : 0;
        return AspectRating.clamped(Aspect.FIDELITY, AspectRating.BEST - 4 * (worst + fringes), rationale);
    }

    private static double dent(SeenObject object) {
        return Ramp.up(object.dent(), TRUE_SHAPE, NO_SHAPE);
    }

    private static String capitalised(String text) {
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }
}
