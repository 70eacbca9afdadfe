package dev.preflow.app.book;

import java.util.Map;

/**
 * Counts over the prompts that the book holds.
 *
 * @param held prompts held
 * @param evicted prompts that were let go to make room
 * @param conflicts prompts that were given two different terminal states; the earlier one stands
 * @param states prompts by the label of their state
 */
public record BookStats(int held, long evicted, long conflicts, Map<String, Integer> states) {}
