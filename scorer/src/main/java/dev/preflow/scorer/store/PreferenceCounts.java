package dev.preflow.scorer.store;

import java.util.Map;

/**
 * How many preferences there are.
 *
 * @param byAspect by aspect's name; {@code "mean"} for the mean of the four
 * @param byPolicyRelease by the policy release of the preferred image; {@code "none"} for generators without releases
 */
public record PreferenceCounts(Map<String, Long> byAspect, Map<String, Long> byPolicyRelease) {}
