package dev.preflow.producers.source;

import org.jspecify.annotations.Nullable;

/** One entry of a source: the words of a prompt, or why the entry cannot be one. */
public sealed interface SourceEntry {

    /**
     * Where the entry stands.
     *
     * @return line or element number, from 1
     */
    long position();

    /**
     * Words that can be published as a prompt. They may still be refused by the planner, which is what gives a prompt its
     * terminal state.
     *
     * @param position line or element number, from 1
     * @param text the words, as the source wrote them
     * @param id the identity that the source gives it, null when it gives none
     */
    record Words(long position, String text, @Nullable String id) implements SourceEntry {}

    /**
     * An entry that no prompt record can carry. It is reported and left out; the entries after it are read.
     *
     * @param position line or element number, from 1
     * @param reason what is wrong with it and how to mend it
     */
    record Refused(long position, String reason) implements SourceEntry {}
}
