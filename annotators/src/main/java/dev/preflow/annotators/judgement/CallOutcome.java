package dev.preflow.annotators.judgement;

import dev.preflow.schemas.JudgeCall;
import dev.preflow.schemas.Rating;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one question to the judge ended, with all that was asked again.
 *
 * @param calls every call made, in order
 * @param ratings what was rated
 * @param model the model as the endpoint named it; null when it never answered
 * @param failure why ratings are missing, as a short and stable word; null when none is
 */
record CallOutcome(
        List<JudgeCall> calls,
        List<Rating> ratings,
        @Nullable String model,
        @Nullable String failure) {

    /** The word for a judge that would not answer. */
    static final String REFUSED = "refused";

    /** The word for a judge whose answers could not be used. */
    static final String UNRATED = "unrated";

    CallOutcome {
        calls = List.copyOf(calls);
        ratings = List.copyOf(ratings);
    }
}
