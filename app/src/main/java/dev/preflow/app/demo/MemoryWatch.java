package dev.preflow.app.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads the resident memory of processes, native memory included. Knows Linux's /proc only: elsewhere nothing is seen.
 *
 * <p>The JVM has the C library give back what it holds free every ten seconds (the launcher asks for it), and resident memory
 * drops and climbs again by as much as a step of training takes. So the trend is that of means over ten readings, a second apart.
 */
final class MemoryWatch implements AutoCloseable {
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final int READINGS = 10;
    private static final double KIB_PER_MIB = 1024;
    private static final double NANOS_PER_MINUTE = 60e9;

    /**
     * A process's memory.
     *
     * @param process its name
     * @param peakMiB largest reading
     * @param slopeMiBPerMinute least-squares slope over the last third of the time; null when that is too short
     * @param slopeErrorMiBPerMinute standard error of the slope; null with it
     */
    record Usage(
            String process,
            double peakMiB,
            @Nullable Double slopeMiBPerMinute,
            @Nullable Double slopeErrorMiBPerMinute) {}

    /** What was seen of one process. */
    private static final class Seen {
        private final List<Trend.Point> means = new ArrayList<>();
        private double peak;
        private double minutes;
        private double mib;
        private int readings;

        private void add(double minute, double reading) {
            peak = Math.max(peak, reading);
            minutes += minute / READINGS;
            mib += reading / READINGS;
            if (++readings == READINGS) {
                means.add(new Trend.Point(minutes, mib));
                minutes = 0;
                mib = 0;
                readings = 0;
            }
        }

        private @Nullable Trend trend() {
            return Trend.of(means.subList(means.size() - means.size() / 3, means.size()));
        }
    }

    private final Map<String, Long> processes;
    private final Map<String, Seen> seen = new LinkedHashMap<>();
    private final long start = System.nanoTime();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "memory-watch");
        thread.setDaemon(true);
        return thread;
    });

    /** Watches processes, named, by process id. */
    MemoryWatch(Map<String, Long> processes) {
        this(processes, EVERY);
    }

    MemoryWatch(Map<String, Long> processes, Duration every) {
        this.processes = Map.copyOf(processes);
        timer.scheduleWithFixedDelay(this::read, 0, every.toNanos(), TimeUnit.NANOSECONDS);
    }

    private synchronized void read() {
        double minutes = (System.nanoTime() - start) / NANOS_PER_MINUTE;
        processes.forEach((name, pid) -> {
            Double mib = resident(pid);
            if (mib != null) {
                seen.computeIfAbsent(name, key -> new Seen()).add(minutes, mib);
            }
        });
    }

    private static @Nullable Double resident(long pid) {
        Path status = Path.of("/proc", Long.toString(pid), "status");
        if (!Files.isReadable(status)) {
            return null;
        }
        try (var lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .map(line -> Double.parseDouble(line.replaceAll("\\D", "")) / KIB_PER_MIB)
                    .findFirst()
                    .orElse(null);
        } catch (IOException | UncheckedIOException e) {
            // the process has just ended
            return null;
        }
    }

    /** What was seen so far. */
    synchronized List<Usage> usage() {
        List<Usage> usage = new ArrayList<>();
        seen.forEach((name, of) -> {
            Trend trend = of.trend();
            usage.add(new Usage(
                    name, of.peak, trend == null ? null : trend.slope(), trend == null ? null : trend.standardError()));
        });
        return usage;
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
