package dev.preflow.demo.judge;

/** A linear step between two thresholds: opinions change gradually. */
final class Ramp {
    private Ramp() {}

    /** 0 up to the first value, 1 from the second on. */
    static double up(double value, double from, double to) {
        return Math.max(0, Math.min(1, (value - from) / (to - from)));
    }
}
