package dev.preflow.producers.generate;

import dev.preflow.models.tensor.Compute;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** The models of the variants that never change, each directory loaded once. */
final class FrozenModels implements AutoCloseable {

    private final Map<Path, Painter> painters = new HashMap<>();

    private FrozenModels() {}

    /** Loads the directories of all frozen variants; all or none. */
    static FrozenModels load(Collection<Variant> variants, Compute compute) throws IOException {
        var models = new FrozenModels();
        try {
            for (var variant : variants) {
                if (!variant.live() && !models.painters.containsKey(variant.directory())) {
                    models.painters.put(variant.directory(), Painter.load(variant.directory(), compute));
                }
            }
            return models;
        } catch (IOException | RuntimeException e) {
            models.close();
            throw e;
        }
    }

    Painter get(Path directory) {
        var painter = painters.get(directory);
        if (painter == null) {
            throw new IllegalStateException("No model was loaded from " + directory);
        }
        return painter;
    }

    @Override
    public void close() {
        painters.values().forEach(Painter::close);
    }
}
