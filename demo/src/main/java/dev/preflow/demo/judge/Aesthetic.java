package dev.preflow.demo.judge;

import java.util.ArrayList;
import java.util.List;

/** Rates framing, contrast, overlap and the calm of the background. */
final class Aesthetic {
    private static final double SMALLEST_COMFORTABLE = 5.6;
    private static final double TINY = 4.2;
    private static final double PALE = 45;
    private static final double VIVID = 90;
    private static final double CALM = 9;
    private static final double UNEASY = 30;
    private static final double MUTED = 50;
    private static final double GARISH = 110;

    private Aesthetic() {}

    static AspectRating rate(SeenScene seen) {
        if (seen.objects().isEmpty()) {
            return AspectRating.clamped(
                    Aspect.AESTHETIC, AspectRating.WORST, "Nothing stands out from the background.");
        }
        List<String> faults = new ArrayList<>();
        double worst = 0;
        for (SeenObject object : seen.objects()) {
            worst = Math.max(worst, fault(faults, 3 * tiny(object), "too small: " + object.describe()));
            worst = Math.max(worst, fault(faults, cut(object), "cut by the border: " + object.describe()));
            worst = Math.max(worst, fault(faults, 2.5 * Ramp.up(-object.chroma(), -VIVID, -PALE), "little contrast"));
        }
        double rest = fault(faults, Math.min(3, 2.0 * seen.touching()), "objects overlap")
                + fault(faults, 3 * Ramp.up(seen.noise(), CALM, UNEASY), "restless background")
                + fault(faults, 2.5 * Ramp.up(seen.tint(), MUTED, GARISH), "garish background");
        String rationale = faults.isEmpty()
                ? "Well framed, clear against a calm background."
                : "Faults: " + String.join(", ", faults) + ".";
        return AspectRating.clamped(Aspect.AESTHETIC, AspectRating.BEST - worst - rest, rationale);
    }

    private static double tiny(SeenObject object) {
        return Ramp.up(-object.best().size(), -SMALLEST_COMFORTABLE, -TINY);
    }

    private static double cut(SeenObject object) {
        return object.onFrame() < 2 ? 0 : Math.min(3.5, 1.3 + 0.2 * object.onFrame());
    }

    private static double fault(List<String> faults, double points, String what) {
        if (points > 0.5) {
            faults.add(what);
        }
        return points;
    }
}
