package dev.preflow.producers.generate;

import dev.preflow.schemas.GenerationTask;
import io.vertx.core.Future;
import java.util.Set;

/** Draws images. Thread-safe: many tasks may be under way at once. */
public interface ImageGenerator extends AutoCloseable {

    /**
     * The generators it stands for, as tasks name them.
     *
     * @return the names
     */
    Set<String> names();

    /**
     * Draws one image. The same task gives the same image as far as the generator can promise it.
     *
     * @param task a task that names one of {@link #names()}
     * @return the drawing, later; fails with {@link dev.preflow.stream.RetriableException} when trying again can help and
     *     with {@link dev.preflow.stream.NonRetriableException} when it cannot
     */
    Future<Drawing> draw(GenerationTask task);

    /** Fails what is under way and lets go of models and connections. */
    @Override
    void close();
}
