package dev.preflow.annotators.preference;

import dev.preflow.schemas.Annotation;
import dev.preflow.schemas.Aspect;
import dev.preflow.schemas.Ids;
import dev.preflow.schemas.Image;
import dev.preflow.schemas.Preference;
import dev.preflow.schemas.Rating;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Compares every pair of a group's images by their ratings: in each aspect in which both are rated, and by the mean of the four
 * aspects where both have all of them. A pair that is equal gives no preference; it is counted as a tie, and so is an image beside
 * its own copy, whatever an annotator says of the two.
 */
public final class Comparisons {

    private static final int ASPECTS = Aspect.values().length;

    private final List<Image> images;
    private final Map<String, Map<Aspect, Integer>> scores = new HashMap<>();

    /**
     * The comparisons of a group.
     *
     * @param images the images
     * @param ratings their ratings, at most one for each image and aspect
     */
    public Comparisons(List<Image> images, List<Rating> ratings) {
        this.images = List.copyOf(images);
        for (var rating : ratings) {
            scores.computeIfAbsent(rating.getImageId(), id -> new EnumMap<>(Aspect.class))
                    .put(rating.getAspect(), rating.getScore());
        }
    }

    /**
     * Pairs that can be compared and are equal.
     *
     * @param aspect compared in; null for the mean of the four
     * @return how many
     */
    public int ties(@Nullable Aspect aspect) {
        return (int) pairs().stream()
                .filter(pair -> difference(pair, aspect).equals(OptionalInt.of(0)))
                .count();
    }

    /**
     * The preferences that follow from an annotation, with ids that follow from it too.
     *
     * @param annotation whose images and ratings are compared
     * @return overall preferences first, then those of each aspect
     */
    public static List<Preference> preferences(Annotation annotation) {
        var comparisons = new Comparisons(annotation.getImages(), annotation.getRatings());
        var preferences = new ArrayList<>(comparisons.preferences(annotation, null));
        for (var aspect : Aspect.values()) {
            preferences.addAll(comparisons.preferences(annotation, aspect));
        }
        return preferences;
    }

    private List<Preference> preferences(Annotation annotation, @Nullable Aspect aspect) {
        var preferences = new ArrayList<Preference>();
        for (var pair : pairs()) {
            int difference = difference(pair, aspect).orElse(0);
            if (difference == 0) {
                continue;
            }
            var better = difference > 0 ? pair.first() : pair.second();
            var worse = difference > 0 ? pair.second() : pair.first();
            float margin = Math.abs(difference) / (aspect == null ? (float) ASPECTS : 1f);
            preferences.add(new Preference(
                    Ids.preferenceId(annotation.getId(), better.getId(), worse.getId(), aspect),
                    annotation.getId(),
                    annotation.getPromptId(),
                    annotation.getPromptText(),
                    better,
                    worse,
                    aspect,
                    margin,
                    annotation.getCreatedAt()));
        }
        return preferences;
    }

    private record Pair(Image first, Image second) {
        /** An images endpoint may repeat itself, and a safety filter's black pictures are all one. */
        private boolean isCopy() {
            return first.getPixels().getSha256().equals(second.getPixels().getSha256());
        }
    }

    private List<Pair> pairs() {
        var pairs = new ArrayList<Pair>();
        for (int i = 0; i < images.size(); i++) {
            for (int j = i + 1; j < images.size(); j++) {
                pairs.add(new Pair(images.get(i), images.get(j)));
            }
        }
        return pairs;
    }

    /** First minus second, for the mean as the sum over the four; empty when a rating is missing. */
    private OptionalInt difference(Pair pair, @Nullable Aspect aspect) {
        var first = score(pair.first(), aspect);
        var second = score(pair.second(), aspect);
        if (first.isEmpty() || second.isEmpty()) {
            return OptionalInt.empty();
        }
        return OptionalInt.of(pair.isCopy() ? 0 : first.get() - second.get());
    }

    private Optional<Integer> score(Image image, @Nullable Aspect aspect) {
        var rated = scores.getOrDefault(image.getId(), Map.of());
        if (aspect != null) {
            return Optional.ofNullable(rated.get(aspect));
        }
        return rated.size() == ASPECTS
                ? Optional.of(
                        rated.values().stream().mapToInt(Integer::intValue).sum())
                : Optional.empty();
    }
}
