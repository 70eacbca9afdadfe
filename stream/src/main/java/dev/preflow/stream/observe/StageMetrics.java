package dev.preflow.stream.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The meters of one stage, tagged with its name. Ids are never tags: a time series per prompt would outgrow any memory.
 */
public final class StageMetrics {

    private static final String STAGE = "stage";

    private final MeterRegistry registry;
    private final String stage;
    private final Counter in;
    private final Counter out;
    private final Counter retries;
    private final Counter skipped;
    private final Timer latency;
    private final AtomicLong inFlight = new AtomicLong();
    private final AtomicLong lag = new AtomicLong();

    /**
     * @param registry where the meters are kept
     * @param stage the stage's name
     */
    public StageMetrics(MeterRegistry registry, String stage) {
        this.registry = registry;
        this.stage = stage;
        this.in = counter("preflow.stage.in", "Records taken from the topic");
        this.out = counter("preflow.stage.out", "Records whose results are acknowledged");
        this.retries = counter("preflow.stage.retries", "Attempts after the first");
        this.skipped = counter("preflow.stage.skipped", "Redelivered records whose results were there already");
        this.latency = Timer.builder("preflow.stage.latency")
                .description("From the start of a record's first attempt to its end")
                .tag(STAGE, stage)
                .publishPercentileHistogram()
                .register(registry);
        Gauge.builder("preflow.stage.in.flight", inFlight, AtomicLong::doubleValue)
                .description("Records being worked on")
                .tag(STAGE, stage)
                .register(registry);
        Gauge.builder("preflow.stage.lag", lag, AtomicLong::doubleValue)
                .description("Records on the topic whose results are not there yet")
                .tag(STAGE, stage)
                .register(registry);
    }

    /** A record was taken from the topic. */
    public void in() {
        in.increment();
    }

    /**
     * A record was handled.
     *
     * @param took from the start of its first attempt
     */
    public void out(Duration took) {
        out.increment();
        latency.record(took);
    }

    /** A record is tried again. */
    public void retry() {
        retries.increment();
    }

    /** A record's result was there already. */
    public void skipped() {
        skipped.increment();
    }

    /**
     * A record was given up.
     *
     * @param reason the stable word for why
     */
    public void deadLetter(String reason) {
        Counter.builder("preflow.stage.dead.letters")
                .description("Records given up")
                .tag(STAGE, stage)
                .tag("reason", reason)
                .register(registry)
                .increment();
    }

    /**
     * Says how many records are being worked on.
     *
     * @param records the number
     */
    public void inFlight(int records) {
        inFlight.set(records);
    }

    /**
     * Says how far behind the stage is.
     *
     * @param records the number
     */
    public void lag(long records) {
        lag.set(records);
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name).description(description).tag(STAGE, stage).register(registry);
    }
}
