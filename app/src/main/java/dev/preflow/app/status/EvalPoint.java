package dev.preflow.app.status;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One evaluation of a policy on held-out prompts with fixed seeds; in JSON the same wherever it is told.
 *
 * @param at when it was measured; ISO 8601 in JSON
 * @param policyRelease number of the policy release; 0 for the base model
 * @param proxy mean VP-Score above the base's, the reward that is optimised; in standard deviations of the base's scores, so that
 *     evaluations by different reward releases can be compared
 * @param gold share of clean images by the gold judge, from 0 to 1, which nothing optimises
 * @param one the same among prompts of one object; null where it was not measured
 * @param two among prompts of two objects
 * @param three among prompts of three
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record EvalPoint(
        @JsonSerialize(using = ToStringSerializer.class) Instant at,

        int policyRelease,
        double proxy,
        double gold,
        @Nullable Double one,
        @Nullable Double two,
        @Nullable Double three) {}
