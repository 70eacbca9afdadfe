package dev.preflow.bench;

import ai.djl.ndarray.NDArray;
import java.util.Locale;

/** Tells that both sides computed the same. */
final class Comparison {

    private Comparison() {}

    /** Prints the greatest difference from Python's values, relative to the greatest of them. */
    static void print(String name, NDArray own, NDArray python) {
        double difference = own.sub(python).abs().max().getFloat();
        System.out.printf(
                Locale.ROOT,
                "preflow %s: differs by %.1e of the scale%n",
                name,
                difference / python.abs().max().getFloat());
    }
}
