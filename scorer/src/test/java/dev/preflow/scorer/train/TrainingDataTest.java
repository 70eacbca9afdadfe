package dev.preflow.scorer.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.preflow.schemas.Aspect;
import dev.preflow.schemas.Image;
import dev.preflow.schemas.Preference;
import dev.preflow.scorer.LearntAspect;
import dev.preflow.scorer.Records;
import dev.preflow.scorer.ScorerSettings;
import dev.preflow.scorer.TestStream;
import dev.preflow.scorer.store.PreferenceStore;
import dev.preflow.scorer.store.TrainingPair;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingDataTest {

    @TempDir
    private Path folder;

    @Test
    void shouldTrainOnEveryAspectAndMeasureByTheMean() {
        var data = data(LearntAspect.EACH);
        data.add(preferences("learnt"));
        data.add(preferences("kept out"));

        assertThat(data.trainPairs()).isEqualTo(3);
        assertThat(data.draw(6, new Random(1)))
                .extracting(TrainingPair::aspect)
                .startsWith(null, Aspect.FIDELITY, Aspect.AESTHETIC);
        assertThat(data.heldOut().all()).singleElement().satisfies(pair -> assertThat(pair.aspect())
                .isNull());
        assertThat(data.recent()).hasSize(2).allSatisfy(pair -> assertThat(pair.aspect())
                .isNull());
    }

    @Test
    void shouldPassOverAspectsThatAreNotLearnt() {
        for (var learnt : List.of(LearntAspect.MEAN, LearntAspect.FIDELITY)) {
            var data = data(learnt);
            data.add(preferences("learnt"));

            assertThat(data.trainPairs()).isEqualTo(1);
            assertThat(data.draw(1, new Random(1)).get(0).aspect()).isEqualTo(learnt.aspect());
        }
    }

    @Test
    void shouldRestoreWhatItWouldHaveLearntFrom() {
        try (var store = new PreferenceStore(folder)) {
            store.addPreferences(preferences("learnt"));
            store.addPreferences(preferences("kept out"));
            var each = data(LearntAspect.EACH);
            each.restore(store, 1);
            var mean = data(LearntAspect.MEAN);
            mean.restore(store, 1);

            assertThat(each.trainPairs()).isEqualTo(3);
            assertThat(mean.trainPairs()).isEqualTo(1);
            assertThat(each.heldOut().all()).isEqualTo(mean.heldOut().all()).hasSize(1);
        }
    }

    @Test
    void shouldPassOverAnImageBesideItsOwnCopy() {
        for (String prompt : List.of("learnt", "kept out")) {
            var image = Records.image(prompt, 0);
            var copy = Image.newBuilder(Records.image(prompt, 1))
                    .setPixels(image.getPixels())
                    .build();
            var preferences = List.of(Records.preference(image, copy, null));
            try (var store = new PreferenceStore(folder)) {
                store.addPreferences(preferences);
                var data = data(LearntAspect.EACH);
                data.restore(store, 1);
                data.add(preferences);

                assertThat(data.trainPairs()).isZero();
                assertThat(data.heldOut().all()).isEmpty();
                assertThat(data.recent()).isEmpty();
            }
        }
    }

    private TrainingData data(LearntAspect learnt) {
        var config = TestStream.config(
                folder, Map.of(ScorerSettings.ASPECT.key(), learnt.name().toLowerCase(Locale.ROOT)));
        return new TrainingData(config, prompt -> prompt.contains("kept out"));
    }

    private static List<Preference> preferences(String prompt) {
        var better = Records.image(prompt, 0);
        var worse = Records.image(prompt, 1);
        return List.of(
                Records.preference(better, worse, null),
                Records.preference(better, worse, Aspect.FIDELITY),
                Records.preference(worse, better, Aspect.AESTHETIC));
    }
}
