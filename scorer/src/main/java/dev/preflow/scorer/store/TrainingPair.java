package dev.preflow.scorer.store;

import dev.preflow.schemas.Aspect;
import dev.preflow.schemas.Preference;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What VP-Score learns from: one image preferred to another.
 *
 * @param id the preference
 * @param prompt the words of the prompt
 * @param better digest of the preferred image's pixels
 * @param worse digest of the other's
 * @param aspect what they were compared in; null for the mean of the four aspects
 * @param policyRelease the newest policy release that drew one of the two; null when none did
 */
public record TrainingPair(
        String id,
        String prompt,
        String better,
        String worse,
        @Nullable Aspect aspect,
        @Nullable String policyRelease) {

    /** Whether it says anything: an image is not better than its own copy. */
    public boolean compares() {
        return !better.equals(worse);
    }

    /**
     * The same pair with the words that were seen before: tens of thousands of pairs are kept for hours, and those of one prompt
     * repeat its text and the digests of a few images.
     *
     * @param words takes the words of this pair
     */
    public TrainingPair sharing(Map<String, String> words) {
        return new TrainingPair(
                id,
                shared(prompt, words),
                shared(better, words),
                shared(worse, words),
                aspect,
                policyRelease == null ? null : shared(policyRelease, words));
    }

    private static String shared(String word, Map<String, String> words) {
        String known = words.putIfAbsent(word, word);
        return known == null ? word : known;
    }

    /**
     * The pair of a preference.
     *
     * @param preference the preference
     * @return its pair
     */
    public static TrainingPair of(Preference preference) {
        var better = preference.getBetter();
        var worse = preference.getWorse();
        return new TrainingPair(
                preference.getId(),
                preference.getPromptText(),
                better.getPixels().getSha256(),
                worse.getPixels().getSha256(),
                preference.getAspect(),
                better.getPolicyRelease() != null ? better.getPolicyRelease() : worse.getPolicyRelease());
    }
}
