package dev.preflow.scorer.score;

/**
 * Images scored by one release.
 *
 * @param release the reward release
 * @param values the scores, in the images' order
 */
record Scored(String release, float[] values) {}
