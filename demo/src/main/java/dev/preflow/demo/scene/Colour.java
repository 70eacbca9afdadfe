package dev.preflow.demo.scene;

import java.util.Locale;

/** The colours of objects: saturated, at least 45 degrees of hue apart, so that a slightly wrong tint stays recognisable. */
public enum Colour {
    RED(222, 40, 44),
    YELLOW(236, 218, 44),
    GREEN(44, 176, 62),
    CYAN(40, 200, 206),
    BLUE(46, 86, 226),
    PURPLE(142, 52, 204);

    private final int red;
    private final int green;
    private final int blue;

    Colour(int red, int green, int blue) {
        this.red = red;
        this.green = green;
        this.blue = blue;
    }

    /** The red component, 0 to 255. */
    public int red() {
        return red;
    }

    /** The green component, 0 to 255. */
    public int green() {
        return green;
    }

    /** The blue component, 0 to 255. */
    public int blue() {
        return blue;
    }

    /** The English word of a prompt. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The hue angle in the opponent plane of {@link #hue(double, double, double)}, in degrees from 0 to 360. */
    public double hue() {
        return hue(red, green, blue);
    }

    /** Hue angle in degrees, 0 to 360, of an RGB triple (or of a difference of two): atan2(√3/2·(G−B), R−(G+B)/2). */
    public static double hue(double r, double g, double b) {
        double degrees = Math.toDegrees(Math.atan2(Math.sqrt(0.75) * (g - b), r - 0.5 * (g + b)));
        return degrees < 0 ? degrees + 360 : degrees;
    }

    /** The angle between two hues, 0 to 180 degrees. */
    public static double hueDistance(double one, double other) {
        double d = Math.abs(one - other) % 360;
        return Math.min(d, 360 - d);
    }
}
