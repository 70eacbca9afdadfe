package dev.preflow.stream;

import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a stage's dead letters say about prompts.
 *
 * @param promptId the prompt that a record concerns; may give null
 * @param endsPrompt whether giving a record up means that its prompt will never be judged
 * @param undecodableEndsPrompt the same for bytes that are no record; then the key is taken for the prompt id
 * @param <T> the record
 */
public record DeadLetterRules<T>(
        Function<T, @Nullable String> promptId, Predicate<T> endsPrompt, boolean undecodableEndsPrompt) {

    /**
     * For a topic keyed by prompt id whose every record its prompt's verdict depends on.
     *
     * @param promptId the prompt that a record concerns
     * @param <T> the record
     * @return the rules
     */
    public static <T> DeadLetterRules<T> endingPrompt(Function<T, @Nullable String> promptId) {
        return new DeadLetterRules<>(promptId, record -> true, true);
    }

    /**
     * For records without which their prompt can still be judged.
     *
     * @param promptId the prompt that a record concerns
     * @param <T> the record
     * @return the rules
     */
    public static <T> DeadLetterRules<T> sparingPrompt(Function<T, @Nullable String> promptId) {
        return new DeadLetterRules<>(promptId, record -> false, false);
    }
}
