package dev.preflow.app.cli;

import java.io.PrintWriter;

/** One line on a terminal that is written over and over; nothing where there is no terminal. */
final class ProgressLine {

    private static final long PERIOD_NANOS = 100_000_000;
    private static final String START_OVER = "\r\u001B[K";

    private final PrintWriter err;
    private final boolean terminal = System.console() != null;
    private long shown = System.nanoTime() - PERIOD_NANOS;

    ProgressLine(PrintWriter err) {
        this.err = err;
    }

    synchronized void show(String text) {
        long now = System.nanoTime();
        if (terminal && now - shown >= PERIOD_NANOS) {
            shown = now;
            err.print(START_OVER + text);
            err.flush();
        }
    }

    synchronized void clear() {
        if (terminal) {
            err.print(START_OVER);
            err.flush();
        }
    }
}
