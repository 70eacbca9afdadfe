package dev.preflow.app.cli;

/** Estimates when work of equal steps will end, from its pace so far. */
final class TimeLeft {
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final int SECONDS_PER_MINUTE = 60;

    private final long start = System.nanoTime();

    /**
     * The time left as minutes and seconds.
     *
     * @param done steps taken, at least 1
     * @param steps how many there are
     */
    String after(long done, long steps) {
        return text((System.nanoTime() - start) / NANOS_PER_SECOND * (steps - done) / done);
    }

    static String text(long seconds) {
        return "%d:%02d".formatted(seconds / SECONDS_PER_MINUTE, seconds % SECONDS_PER_MINUTE);
    }
}
