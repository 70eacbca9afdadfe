package dev.preflow.demo.judge;

import dev.preflow.demo.scene.Colour;
import dev.preflow.demo.scene.ShapeKind;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;

/**
 * An object that the judge found.
 *
 * @param hue its hue in degrees
 * @param chroma how far its colour is from the background's, 0 to about 200
 * @param fits each true shape as well as it can be laid over it
 * @param blur standard deviation of its edge's blur, in pixels
 * @param onFrame pixels that it covers on the picture's border
 */
record SeenObject(double hue, double chroma, Map<ShapeKind, ShapeFit> fits, double blur, int onFrame) {
    private static final double SOFT = 1.7;
    private static final double MISSHAPEN = 0.11;
    /** Pixels by which even a true outline is off on average, from the pixel grid and mild degradation. */
    private static final double GRID_ERROR = 0.25;

    ShapeFit best() {
        return fits.values().stream()
                .max(Comparator.comparingDouble(ShapeFit::overlap))
                .orElseThrow();
    }

    Colour colour() {
        Colour nearest = Colour.RED;
        for (Colour colour : Colour.values()) {
            if (Colour.hueDistance(hue, colour.hue()) < Colour.hueDistance(hue, nearest.hue())) {
                nearest = colour;
            }
        }
        return nearest;
    }

    /** How much of the area lies outside the overlap with the best true shape, less what the pixel grid alone costs at this size. */
    double dent() {
        return 1 - best().overlap() - 2 * GRID_ERROR / Math.max(1, best().size());
    }

    /** Whether no true shape lies well over it. */
    boolean misshapen() {
        return dent() > MISSHAPEN;
    }

    /** Such as "a red circle of 21 px, sharp". */
    String describe() {
        ShapeFit fit = best();
        String shape =
                misshapen() ? "misshapen " + fit.shape().word() : fit.shape().word();
        return String.format(
                Locale.ROOT,
                "a %s %s of %d px, %s",
                colour().word(),
                shape,
                Math.round(2 * fit.size()),
                blur > SOFT ? "blurred" : "sharp");
    }
}
