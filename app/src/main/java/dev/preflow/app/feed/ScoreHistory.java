package dev.preflow.app.feed;

import java.util.List;

/** Reads scores that are no longer in memory. */
@FunctionalInterface
public interface ScoreHistory {

    /**
     * Reads on from a cursor. Blocks.
     *
     * @param from where to read on
     * @param until where to stop at the latest
     * @param limit how many scores at most
     * @return what was read; its position has reached {@code until} when nothing is left before it
     */
    Page read(ScoreCursor from, ScoreCursor until, int limit);

    /**
     * A stretch of scores.
     *
     * @param scores in the order of each partition
     * @param position how far the reading came, past the last score and past what retention has deleted
     */
    record Page(List<Scored> scores, ScoreCursor position) {}
}
