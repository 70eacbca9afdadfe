package dev.preflow.annotators.judgement;

import dev.preflow.annotators.judge.ResponseFormat;

/**
 * How an annotator judges.
 *
 * @param annotator its name
 * @param mode how the aspects are spread over calls
 * @param format the form in which replies are asked for
 * @param shuffled whether the order of the images is shuffled, against the judge's bias for places
 * @param maxAsks how often a question is asked in all, when replies cannot be used; from 1
 */
public record JudgingOptions(
        String annotator, AnnotationMode mode, ResponseFormat format, boolean shuffled, int maxAsks) {

    /** Checks the ranges. */
    public JudgingOptions {
        if (annotator.isBlank()) {
            throw new IllegalArgumentException("An annotator needs a name: its annotations are told apart by it");
        }
        if (maxAsks < 1) {
            throw new IllegalArgumentException("A question must be asked at least once, not " + maxAsks + " times");
        }
    }
}
