package dev.preflow.demo.scene;

import java.util.Locale;

/** The shapes of objects. Few, and far apart under overlap (IoU), so that a judge tells them reliably on a dozen pixels. */
public enum ShapeKind {
    /** Radius is the size. */
    CIRCLE,
    /** Upright; half of the side is 0.9 times the size. */
    SQUARE,
    /** Isosceles and pointing up: as high and as wide as twice the size. */
    TRIANGLE;

    /** Half of a square's side as a multiple of its size: gives the three shapes a similar weight to the eye. */
    public static final double SQUARE_HALF_SIDE = 0.9;

    /** The English word of a prompt, singular. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The English word of a prompt, plural. */
    public String plural() {
        return word() + "s";
    }
}
