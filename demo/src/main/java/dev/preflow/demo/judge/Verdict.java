package dev.preflow.demo.judge;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The ratings of one picture.
 *
 * @param ratings one for each aspect
 */
public record Verdict(Map<Aspect, AspectRating> ratings) implements Judgement {
    /** From this rating on an aspect counts as right. */
    public static final int CLEAN_RATING = 4;

    public Verdict {
        if (ratings.size() != Aspect.values().length) {
            throw new IllegalArgumentException("a verdict rates all four aspects, not only " + ratings.keySet());
        }
        ratings = Map.copyOf(ratings);
    }

    static Verdict of(List<AspectRating> ratings) {
        Map<Aspect, AspectRating> map = new EnumMap<>(Aspect.class);
        ratings.forEach(r -> map.put(r.aspect(), r));
        return new Verdict(map);
    }

    /** The rating of an aspect. */
    public AspectRating of(Aspect aspect) {
        return ratings.get(aspect);
    }

    /** Whether an aspect is right: rated 4 or 5. */
    public boolean right(Aspect aspect) {
        return of(aspect).rating() >= CLEAN_RATING;
    }

    /** Whether every aspect is right. */
    public boolean clean() {
        return ratings.keySet().stream().allMatch(this::right);
    }

    /** The mean of the four ratings, 1 to 5: VisionPrefer's preference score. */
    public double meanRating() {
        return ratings.values().stream()
                .mapToInt(AspectRating::rating)
                .average()
                .orElseThrow();
    }
}
