package dev.preflow.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;

/** Times repeated work. */
final class Timings {
    private static final double NANOS = 1e9;
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private Timings() {}

    /**
     * Does work several times and prints the medians of processor and of wall-clock time: what else runs on the machine
     * lengthens the second much and the first little.
     *
     * @param name of the work
     * @param runs how often it is timed
     */
    static void print(String name, int runs, Runnable work) {
        double[] wall = new double[runs];
        double[] processor = new double[runs];
        for (int i = 0; i < runs; i++) {
            long started = System.nanoTime();
            long used = SYSTEM.getProcessCpuTime();
            work.run();
            processor[i] = (SYSTEM.getProcessCpuTime() - used) / NANOS;
            wall[i] = (System.nanoTime() - started) / NANOS;
        }
        System.out.printf(
                Locale.ROOT,
                "preflow %s: %.3f s of processor, %.3f s of wall clock%n",
                name,
                median(processor),
                median(wall));
    }

    /** Waits until an array is computed, which a GPU does later than it is asked to. */
    static void await(NDArray array) {
        try (NDArray first = array.flatten().get("0:1")) {
            first.toType(DataType.FLOAT32, false).toFloatArray();
        }
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return (values[(values.length - 1) / 2] + values[values.length / 2]) / 2;
    }
}
