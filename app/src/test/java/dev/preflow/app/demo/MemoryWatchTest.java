package dev.preflow.app.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class MemoryWatchTest {
    /** Above the highest process id that Linux gives. */
    private static final long NO_PROCESS = 1L << 23;

    @Test
    void shouldFindTheSlopeAndItsError() {
        // residuals of 1, -1, -1, 1, ... are orthogonal to any line of 8 points in this order
        double[] residuals = {1, -1, -1, 1, 1, -1, -1, 1};
        List<Trend.Point> points = IntStream.range(0, residuals.length)
                .mapToObj(i -> new Trend.Point(2 * i, 5 + 6 * i + residuals[i]))
                .toList();

        Trend trend = Trend.of(points);

        assertThat(trend).isNotNull();
        assertThat(trend.slope()).isEqualTo(3, within(1e-12));
        // sum of squared residuals 8, 6 degrees of freedom, sum of squares of x 168
        assertThat(trend.standardError()).isEqualTo(Math.sqrt(8.0 / 6 / 168), within(1e-12));
        assertThat(Trend.of(points.subList(0, 5))).isNull();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldReadOwnProcessUntilThereIsATrend() {
        try (MemoryWatch watch = new MemoryWatch(
                Map.of("own", ProcessHandle.current().pid(), "none", NO_PROCESS), Duration.ofMillis(1))) {
            await().untilAsserted(() -> assertThat(watch.usage())
                    .singleElement()
                    .satisfies(usage -> {
                        assertThat(usage.process()).isEqualTo("own");
                        assertThat(usage.peakMiB()).isBetween(20.0, 64_000.0);
                        assertThat(usage.slopeMiBPerMinute()).isNotNull().isFinite();
                        assertThat(usage.slopeErrorMiBPerMinute()).isNotNull().isNotNegative();
                    }));
        }
    }
}
