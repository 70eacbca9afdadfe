package dev.preflow.producers.source;

import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Prompts made by a program, such as a grammar or a language model. */
public final class SuppliedSource implements PromptSource {

    private final String name;
    private final Supplier<Optional<String>> words;
    private long position;

    /**
     * A source over a supplier.
     *
     * @param name what the prompts are marked with
     * @param words gives the words of the next prompt, empty at the end
     */
    public SuppliedSource(String name, Supplier<Optional<String>> words) {
        this.name = name;
        this.words = words;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public @Nullable SourceEntry next() {
        position++;
        return words.get().map(text -> EntryParser.words(position, text, null)).orElse(null);
    }
}
