package dev.preflow.app.book;

/**
 * VP-Score's score of an image.
 *
 * @param value the score; higher is better; comparable within one reward release only
 * @param rewardRelease the release that gave it
 * @param createdAt when, ISO 8601
 */
public record ScoreView(float value, String rewardRelease, String createdAt) {}
