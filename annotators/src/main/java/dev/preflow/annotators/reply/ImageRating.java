package dev.preflow.annotators.reply;

import dev.preflow.schemas.Aspect;

/**
 * A rating that could be read.
 *
 * @param image number of the image in the request, from 1
 * @param aspect the aspect rated
 * @param score 1 to 5
 * @param rationale why; empty when the judge did not say
 */
public record ImageRating(int image, Aspect aspect, int score, String rationale) {}
