package dev.preflow.scorer.train;

import dev.preflow.schemas.Ids;
import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * Which prompts are never trained on. It depends on the words alone, so that a prompt that comes again, from whomever and
 * however it is spaced, is on the same side, today and after a restart.
 */
public final class HeldOutPrompts implements Predicate<String> {

    private static final int DIGITS = 13;
    private static final double RANGE = Math.pow(16, DIGITS);

    private final double share;
    private final Predicate<String> also;

    /**
     * Holds out a share of all prompts.
     *
     * @param share from 0 to 1
     * @param also further prompts that are held out
     */
    public HeldOutPrompts(double share, Predicate<String> also) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("The share of held-out prompts must be from 0 to 1, not " + share);
        }
        this.share = share;
        this.also = also;
    }

    @Override
    public boolean test(String prompt) {
        return fraction(normalise(prompt)) < share || also.test(prompt);
    }

    private static double fraction(String prompt) {
        return Long.parseLong(Ids.id("held-out", List.of(prompt)).substring(0, DIGITS), 16) / RANGE;
    }

    private static String normalise(String prompt) {
        return Normalizer.normalize(prompt, Normalizer.Form.NFKC)
                .toLowerCase(Locale.ROOT)
                .strip()
                .replaceAll("\\s+", " ");
    }
}
