package dev.preflow.demo.judge;

/**
 * The white strokes in a picture.
 *
 * @param mass how many pixels are white, faint ones counted in part
 * @param x where they are on average, in pixels from the left
 * @param y where they are on average, in pixels from the top
 * @param white the pixels that belong to them
 */
record SignSeen(double mass, double x, double y, boolean[] white) {
    private static final float COLOURLESS = 34;
    private static final float LEAST_EXCESS = 24;
    private static final float FULL_EXCESS = 110;
    private static final double NOISE_MARGIN = 2.5;
    private static final int LEAST_PIXELS = 4;

    /** Looks for pixels without colour that are lighter than the background; single ones are noise. */
    static SignSeen in(Canvas canvas) {
        int side = Canvas.SIDE;
        boolean[] white = new boolean[side * side];
        double least = Math.max(LEAST_EXCESS, NOISE_MARGIN * canvas.noise);
        for (int i = 0; i < white.length; i++) {
            white[i] = canvas.chroma[i] < COLOURLESS && canvas.lightness[i] > least;
        }
        int[] labels = new int[white.length];
        int count = Labels.fill(white, side, labels);
        int[] sizes = Labels.sizes(labels, count);
        double mass = 0;
        double sumX = 0;
        double sumY = 0;
        for (int i = 0; i < white.length; i++) {
            white[i] = white[i] && sizes[labels[i]] >= LEAST_PIXELS;
            if (white[i]) {
                double w = Math.min(1, (canvas.lightness[i] - LEAST_EXCESS) / (FULL_EXCESS - LEAST_EXCESS));
                mass += w;
                sumX += w * (i % side + 0.5);
                sumY += w * (i / side + 0.5);
            }
        }
        return mass == 0 ? new SignSeen(0, 0, 0, white) : new SignSeen(mass, sumX / mass, sumY / mass, white);
    }
}
