package dev.preflow.app.feed;

import dev.preflow.schemas.Score;

/**
 * A score and where it lies on its topic.
 *
 * @param partition its partition
 * @param offset its offset
 * @param score the score
 */
public record Scored(int partition, long offset, Score score) {}
