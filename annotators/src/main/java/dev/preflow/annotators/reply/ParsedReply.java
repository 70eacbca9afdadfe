package dev.preflow.annotators.reply;

import java.util.List;

/**
 * What was read out of a reply.
 *
 * @param ratings the ratings that hold, at most one for each image and aspect
 * @param problems why other ratings that were asked for are missing; empty when none is
 */
public record ParsedReply(List<ImageRating> ratings, List<String> problems) {

    /** Copies the lists. */
    public ParsedReply {
        ratings = List.copyOf(ratings);
        problems = List.copyOf(problems);
    }

    /**
     * Whether every rating that was asked for was given.
     *
     * @return true when nothing is missing
     */
    public boolean isComplete() {
        return problems.isEmpty();
    }
}
