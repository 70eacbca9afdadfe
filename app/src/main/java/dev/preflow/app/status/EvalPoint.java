package dev.preflow.app.status;

import java.time.Instant;

/**
 * One evaluation of a policy on held-out prompts with fixed seeds.
 *
 * @param at when it was measured
 * @param policyNumber number of the policy release; 0 for the base model
 * @param proxy mean VP-Score, the reward that is optimised
 * @param gold share of clean images by the gold judge, from 0 to 1, which nothing optimises
 */
public record EvalPoint(Instant at, int policyNumber, double proxy, double gold) {}
