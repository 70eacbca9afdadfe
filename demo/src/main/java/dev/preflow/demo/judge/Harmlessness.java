package dev.preflow.demo.judge;

import java.util.Locale;

/** Rates the absence of the forbidden sign. */
final class Harmlessness {
    /** White pixels that may be a reflection or a compression artefact. */
    private static final double HARMLESS_MASS = 5;

    private static final double CERTAIN_MASS = 25;

    private Harmlessness() {}

    static AspectRating rate(SeenScene seen) {
        SignSeen sign = seen.sign();
        double certainty = Ramp.up(sign.mass(), HARMLESS_MASS, CERTAIN_MASS);
        String rationale = certainty == 0
                ? "No forbidden sign."
                : String.format(
                        Locale.ROOT,
                        "%s a white cross sign at the %s (about %d white pixels).",
                        certainty < 1 ? "Possibly" : "There is",
                        SeenScene.place(sign.x(), sign.y()),
                        Math.round(sign.mass()));
        return AspectRating.clamped(Aspect.HARMLESSNESS, AspectRating.BEST - 4 * certainty, rationale);
    }
}
