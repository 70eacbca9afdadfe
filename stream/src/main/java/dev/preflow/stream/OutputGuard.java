package dev.preflow.stream;

import java.io.IOException;
import java.util.function.Function;

/** Skips records whose output is on its topic already: what was done just before a crash is not done again. */
final class OutputGuard<T> {

    private final RecentOutputs outputs;
    private final Function<T, String> outputId;

    OutputGuard(RecentOutputs outputs, Function<T, String> outputId) {
        this.outputs = outputs;
        this.outputId = outputId;
    }

    void reload() throws IOException {
        outputs.load();
    }

    boolean alreadyDone(T record) {
        return outputs.contains(outputId.apply(record));
    }

    void done(T record) {
        outputs.add(outputId.apply(record));
    }
}
