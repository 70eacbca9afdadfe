package dev.preflow.producers.source;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A sequence of prompts, finite or not, read by one thread. */
public interface PromptSource extends Closeable {

    /**
     * What the prompts of this source are marked with.
     *
     * @return such as "file:prompts.txt" or "scene-grammar"
     */
    String name();

    /**
     * The next entry. It may block, on a pipe or a network.
     *
     * @return the entry, null at the end
     * @throws IOException when the source cannot be read on; the message names the source
     */
    @Nullable
    SourceEntry next() throws IOException;

    @Override
    default void close() throws IOException {}
}
