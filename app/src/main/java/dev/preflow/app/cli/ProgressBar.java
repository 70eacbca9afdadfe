package dev.preflow.app.cli;

import java.io.PrintWriter;

/** The progress of several images on a terminal; nothing where there is no terminal. */
final class ProgressBar {
    private static final int WIDTH = 30;

    private final ProgressLine line;
    private final int images;
    private final TimeLeft left = new TimeLeft();

    ProgressBar(PrintWriter err, int images) {
        this.line = new ProgressLine(err);
        this.images = images;
    }

    /**
     * Shows a step.
     *
     * @param image which image is being drawn, from 1
     * @param done steps of it that are taken, at least 1
     * @param steps how many an image takes
     */
    void show(int image, int done, int steps) {
        line.show(text(image, done, steps));
    }

    private String text(int image, int done, int steps) {
        long taken = (image - 1L) * steps + done;
        long all = (long) images * steps;
        int filled = (int) (WIDTH * taken / all);
        return "[%s%s] image %d of %d, step %d of %d, %s left"
                .formatted(
                        "#".repeat(filled),
                        "-".repeat(WIDTH - filled),
                        image,
                        images,
                        done,
                        steps,
                        left.after(taken, all));
    }

    void clear() {
        line.clear();
    }
}
