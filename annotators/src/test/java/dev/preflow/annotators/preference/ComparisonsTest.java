package dev.preflow.annotators.preference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.preflow.annotators.TestRecords;
import dev.preflow.schemas.Annotation;
import dev.preflow.schemas.Aspect;
import dev.preflow.schemas.Image;
import dev.preflow.schemas.Preference;
import dev.preflow.schemas.Purpose;
import dev.preflow.schemas.Rating;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ComparisonsTest {

    private static final Image A = TestRecords.image("p", 0, 3);
    private static final Image B = TestRecords.image("p", 1, 3);
    private static final Image C = TestRecords.image("p", 2, 3);

    @Test
    void shouldPreferByTheMeanOfTheFourAspects() {
        var ratings = new ArrayList<Rating>();
        ratings.addAll(rated(A, 5, 3, 4, 5));
        ratings.addAll(rated(B, 2, 4, 4, 5));

        var preferences = Comparisons.preferences(annotation(List.of(A, B), ratings));

        var overall = preferences.stream().filter(p -> p.getAspect() == null).toList();
        assertThat(overall).hasSize(1);
        assertThat(overall.get(0).getBetter()).isEqualTo(A);
        assertThat(overall.get(0).getWorse()).isEqualTo(B);
        assertThat(overall.get(0).getMargin()).isEqualTo(0.5f);
        assertThat(preferences)
                .filteredOn(p -> p.getAspect() == Aspect.PROMPT_FOLLOWING)
                .singleElement()
                .satisfies(p -> assertThat(p.getMargin()).isEqualTo(3f));
        assertThat(preferences)
                .filteredOn(p -> p.getAspect() == Aspect.AESTHETIC)
                .singleElement()
                .satisfies(p -> assertThat(p.getBetter()).isEqualTo(B));
        // equal in fidelity and harmlessness
        assertThat(preferences).hasSize(3);
    }

    @Test
    void shouldDropAndCountTies() {
        var ratings = new ArrayList<Rating>();
        ratings.addAll(rated(A, 5, 3, 4, 5));
        ratings.addAll(rated(B, 3, 5, 5, 4));
        ratings.addAll(rated(C, 1, 1, 1, 1));

        var comparisons = new Comparisons(List.of(A, B, C), ratings);

        assertThat(comparisons.ties(null)).isEqualTo(1);
        assertThat(comparisons.ties(Aspect.FIDELITY)).isZero();
        assertThat(Comparisons.preferences(annotation(List.of(A, B, C), ratings)))
                .filteredOn(p -> p.getAspect() == null)
                .extracting(Preference::getWorse)
                .containsOnly(C);
    }

    @Test
    void shouldNotPreferAnImageToItsOwnCopy() {
        var copy = TestRecords.image("p", 1, 3, Purpose.JUDGE, A.getPixels());
        var ratings = concat(rated(A, 5, 5, 5, 5), rated(copy, 1, 1, 1, 5));

        assertThat(Comparisons.preferences(annotation(List.of(A, copy), ratings)))
                .isEmpty();
        var comparisons = new Comparisons(List.of(A, copy), ratings);
        assertThat(comparisons.ties(null)).isEqualTo(1);
        assertThat(comparisons.ties(Aspect.FIDELITY)).isEqualTo(1);
    }

    @Test
    void shouldNotTakeAMissingRatingForZero() {
        var ratings = new ArrayList<Rating>();
        ratings.addAll(rated(A, 1, 1, 1, 1));
        ratings.addAll(rated(B, 5, 5, 5, 5).subList(0, 3));

        var preferences = Comparisons.preferences(annotation(List.of(A, B), ratings));

        assertThat(preferences)
                .extracting(Preference::getAspect)
                .containsExactly(Aspect.PROMPT_FOLLOWING, Aspect.AESTHETIC, Aspect.FIDELITY);
        assertThat(new Comparisons(List.of(A, B), ratings).ties(null)).isZero();
    }

    @Test
    void shouldGiveTheSamePreferencesAgain() {
        var annotation = annotation(List.of(A, B), concat(rated(A, 5, 3, 4, 5), rated(B, 2, 4, 4, 5)));
        assertThat(Comparisons.preferences(annotation)).isEqualTo(Comparisons.preferences(annotation));
        assertThat(Comparisons.preferences(annotation))
                .extracting(Preference::getId)
                .doesNotHaveDuplicates();
    }

    private static List<Rating> concat(List<Rating> first, List<Rating> second) {
        var all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    private static List<Rating> rated(Image image, int... scores) {
        var ratings = new ArrayList<Rating>();
        for (int i = 0; i < scores.length; i++) {
            ratings.add(new Rating(image.getId(), Aspect.values()[i], scores[i], "because"));
        }
        return ratings;
    }

    private static Annotation annotation(List<Image> images, List<Rating> ratings) {
        return new Annotation(
                "a", "g", "p", "a red cube", images, "judge", "m", ratings, List.of(), 0, Instant.ofEpochSecond(9));
    }
}
