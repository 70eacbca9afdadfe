package dev.preflow.demo.judge;

/**
 * A patch of one colour.
 *
 * @param pixels its pixels, soft edge included
 * @param alpha mean colour of its core in the hue plane, first axis
 * @param beta second axis
 * @param chroma distance of that mean from the background: what counts as full coverage
 */
record Region(int[] pixels, double alpha, double beta, double chroma) {
    /** The hue in degrees, 0 to 360. */
    double hue() {
        double degrees = Math.toDegrees(Math.atan2(beta, alpha));
        return degrees < 0 ? degrees + 360 : degrees;
    }
}
