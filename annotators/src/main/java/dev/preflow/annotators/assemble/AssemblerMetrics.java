package dev.preflow.annotators.assemble;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** What the assembly counts. */
final class AssemblerMetrics {

    private final Counter complete;
    private final Counter partial;
    private final Counter empty;
    private final Counter duplicates;
    private final Counter late;
    private final Counter undecodable;

    AssemblerMetrics(MeterRegistry registry) {
        this.complete = groups(registry, "complete");
        this.partial = groups(registry, "partial");
        this.empty = groups(registry, "empty");
        this.duplicates = ignored(registry, "duplicate");
        this.late = ignored(registry, "late");
        this.undecodable = ignored(registry, "undecodable");
    }

    void emitted(boolean whole) {
        (whole ? complete : partial).increment();
    }

    void nothingDrawn() {
        empty.increment();
    }

    void duplicate() {
        duplicates.increment();
    }

    void late() {
        late.increment();
    }

    void undecodable() {
        undecodable.increment();
    }

    private static Counter groups(MeterRegistry registry, String outcome) {
        return Counter.builder("preflow.assembler.groups")
                .description("Groups closed: with every image, with some, or with none")
                .tag("outcome", outcome)
                .register(registry);
    }

    private static Counter ignored(MeterRegistry registry, String reason) {
        return Counter.builder("preflow.assembler.ignored")
                .description("Records that changed no group: seen before, after the group was closed, or unreadable")
                .tag("reason", reason)
                .register(registry);
    }
}
