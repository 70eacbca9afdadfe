package dev.preflow.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The most memory that the first NVIDIA GPU has lent out while something ran, by {@code nvidia-smi} every 50 ms. Counts what
 * PyTorch's allocator keeps, CUDA's context, and any other process.
 */
final class DeviceMemory implements AutoCloseable {

    private final Process smi;
    private volatile long peak;

    /** Begins to watch. */
    DeviceMemory() throws IOException {
        smi = new ProcessBuilder(
                        "nvidia-smi",
                        "--id=0",
                        "--query-gpu=memory.used",
                        "--format=csv,noheader,nounits",
                        "-lms",
                        "50")
                .redirectErrorStream(true)
                .start();
        Thread reader = new Thread(this::read, "nvidia-smi");
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (BufferedReader lines = smi.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                peak = Math.max(peak, Long.parseLong(line.strip()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The peak since the start, MiB. */
    long peakMebibytes() {
        return peak;
    }

    @Override
    public void close() {
        smi.destroy();
    }
}
