package dev.preflow.producers.generate;

import dev.preflow.schemas.Release;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long new weights take from their release's publication to the first image that they draw. Releases that were published
 * before this process began are not counted. Thread-safe.
 */
public final class HotSwaps {

    private static final Logger log = LoggerFactory.getLogger(HotSwaps.class);

    private final Clock clock;
    private final Timer timer;
    private final Instant began;
    private final List<Long> millis = new ArrayList<>();
    private @Nullable String last;

    /**
     * Nothing measured yet.
     *
     * @param meters gets the timer {@code preflow.policy.swap}
     * @param clock tells the time; the same as the trainer's, as far as clocks of machines agree
     */
    public HotSwaps(MeterRegistry meters, Clock clock) {
        this.clock = clock;
        this.began = clock.instant();
        this.timer = Timer.builder("preflow.policy.swap")
                .description("From a policy release's publication to the first image of its weights")
                .publishPercentileHistogram()
                .register(meters);
    }

    /**
     * Every swap so far.
     *
     * @return milliseconds, in the order of the swaps
     */
    public synchronized List<Long> millis() {
        return List.copyOf(millis);
    }

    /** Images were drawn with a release's weights. */
    synchronized void drawn(Release release) {
        if (release.getId().equals(last)) {
            return;
        }
        last = release.getId();
        if (release.getCreatedAt().isAfter(began)) {
            var took = Duration.between(release.getCreatedAt(), clock.instant());
            timer.record(took);
            millis.add(took.toMillis());
            log.info(
                    "Policy release {} drew its first image {} ms after its publication",
                    release.getNumber(),
                    took.toMillis());
        }
    }
}
