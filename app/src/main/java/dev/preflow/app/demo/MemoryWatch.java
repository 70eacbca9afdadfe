package dev.preflow.app.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Samples the resident memory of processes, native memory included. Knows Linux's /proc only: elsewhere there are no samples. */
final class MemoryWatch implements AutoCloseable {
    private static final long EVERY_SECONDS = 5;
    private static final double KIB_PER_MIB = 1024;
    private static final double NANOS_PER_MINUTE = 60e9;
    private static final int LEAST_SAMPLES = 6;

    private record Sample(double minutes, double mib) {}

    /**
     * A process's memory.
     *
     * @param process its name
     * @param peakMiB largest sample
     * @param slopeMiBPerMinute least-squares slope over the last third of the samples; null when they are too few
     */
    record Usage(String process, double peakMiB, @Nullable Double slopeMiBPerMinute) {}

    private final Map<String, Long> processes;
    private final Map<String, List<Sample>> samples = new LinkedHashMap<>();
    private final long start = System.nanoTime();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "memory-watch");
        thread.setDaemon(true);
        return thread;
    });

    /** Watches processes, named, by process id. */
    MemoryWatch(Map<String, Long> processes) {
        this.processes = Map.copyOf(processes);
        timer.scheduleWithFixedDelay(this::sample, 0, EVERY_SECONDS, TimeUnit.SECONDS);
    }

    private synchronized void sample() {
        double minutes = (System.nanoTime() - start) / NANOS_PER_MINUTE;
        processes.forEach((name, pid) -> {
            Double mib = resident(pid);
            if (mib != null) {
                samples.computeIfAbsent(name, key -> new ArrayList<>()).add(new Sample(minutes, mib));
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
        samples.forEach((name, all) -> usage.add(new Usage(
                name,
                all.stream().mapToDouble(Sample::mib).max().orElseThrow(),
                slope(all.subList(all.size() - all.size() / 3, all.size())))));
        return usage;
    }

    private static @Nullable Double slope(List<Sample> samples) {
        if (samples.size() < LEAST_SAMPLES) {
            return null;
        }
        double x = samples.stream().mapToDouble(Sample::minutes).average().orElseThrow();
        double y = samples.stream().mapToDouble(Sample::mib).average().orElseThrow();
        double up = samples.stream()
                .mapToDouble(s -> (s.minutes() - x) * (s.mib() - y))
                .sum();
        double down =
                samples.stream().mapToDouble(s -> Math.pow(s.minutes() - x, 2)).sum();
        return up / down;
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
