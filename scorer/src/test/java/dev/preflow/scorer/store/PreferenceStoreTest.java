package dev.preflow.scorer.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.preflow.schemas.Aspect;
import dev.preflow.schemas.Preference;
import dev.preflow.scorer.Records;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreferenceStoreTest {

    private static final int ALL = 1_000;

    @TempDir
    private Path folder;

    @Test
    void shouldStoreRedeliveredPreferencesOnce() {
        try (var store = new PreferenceStore(folder)) {
            var batch = new ArrayList<>(Records.preferences("a", 3));
            batch.addAll(Records.preferences("a", 2));

            assertThat(store.addPreferences(batch)).hasSize(3);
            assertThat(store.addPreferences(Records.preferences("a", 4)))
                    .containsExactly(Records.preferences("a", 4).get(3));
            assertThat(store.sample(null, ALL, 1)).hasSize(4);
        }
    }

    @Test
    void shouldKnowWhatItHoldsWhenOpenedAgain() {
        try (var store = new PreferenceStore(folder)) {
            store.addPreferences(Records.preferences("a", 3));
            store.addAnnotations(List.of(Records.annotation("a")));
        }
        try (var store = new PreferenceStore(folder)) {
            assertThat(store.addPreferences(Records.preferences("a", 3))).isEmpty();
            assertThat(store.addAnnotations(List.of(Records.annotation("a")))).isEmpty();
            assertThat(store.countRatings()).isEqualTo(8);
        }
    }

    @Test
    void shouldWriteADatasetThatDuckDbReads() throws SQLException {
        try (var store = new PreferenceStore(folder)) {
            store.addPreferences(
                    List.of(Records.preference(Records.image("a", 1), Records.image("a", 0), Aspect.AESTHETIC)));
            store.addAnnotations(List.of(Records.annotation("a")));
        }
        try (var connection = DriverManager.getConnection("jdbc:duckdb:");
                var statement = connection.createStatement()) {
            var row = statement.executeQuery("SELECT * FROM '" + folder + "/preferences/*.parquet'");
            assertThat(row.next()).isTrue();
            assertThat(row.getString("prompt")).isEqualTo("words of a");
            assertThat(row.getString("aspect")).isEqualTo("AESTHETIC");
            assertThat(row.getFloat("margin")).isEqualTo(0.5f);
            assertThat(row.getLong("better_seed")).isEqualTo(1);
            assertThat(row.getString("worse_policy_release")).isNull();
            assertThat(row.getString("created_at")).startsWith("2026-01-02 03:04:05");

            var ratings = statement.executeQuery("SELECT count(*), avg(rating), any_value(rationale) FROM '" + folder
                    + "/annotations/*.parquet' WHERE annotator = 'judge'");
            assertThat(ratings.next()).isTrue();
            assertThat(ratings.getLong(1)).isEqualTo(8);
            assertThat(ratings.getDouble(2)).isEqualTo(1.5);
            assertThat(ratings.getString(3)).isEqualTo("it's \"so\", says 法官");
        }
    }

    @Test
    void shouldCompactSmallFilesWithoutLosingOrDoublingAny() throws IOException {
        try (var store = new PreferenceStore(folder)) {
            for (int i = 0; i < 5; i++) {
                store.addPreferences(Records.preferences("batch" + i + "-", 4));
            }
            store.compact(6, 1 << 20);
            assertThat(parts()).hasSize(5);
            store.compact(5, 1 << 20);

            assertThat(parts()).hasSize(1);
            assertThat(store.sample(null, ALL, 1)).hasSize(20);
            assertThat(store.addPreferences(Records.preferences("batch0-", 4))).isEmpty();
        }
    }

    @Test
    void shouldSurviveACrashBetweenWritingAndRenaming() throws IOException {
        try (var store = new PreferenceStore(folder)) {
            store.addPreferences(Records.preferences("a", 3));
        }
        var unfinished = folder.resolve("preferences/part-0-crash.parquet.tmp");
        Files.writeString(unfinished, "half a file");

        try (var store = new PreferenceStore(folder)) {
            assertThat(unfinished).doesNotExist();
            assertThat(store.sample(null, ALL, 1)).hasSize(3);
        }
    }

    @Test
    void shouldCountOnceWhatACrashInTheMiddleOfACompactionLeftTwice() throws IOException {
        try (var store = new PreferenceStore(folder)) {
            store.addPreferences(Records.preferences("a", 3));
        }
        var part = parts().get(0);
        Files.copy(part, part.resolveSibling("part-9-merged.parquet"), StandardCopyOption.COPY_ATTRIBUTES);

        try (var store = new PreferenceStore(folder)) {
            assertThat(store.sample(null, ALL, 1)).hasSize(3);
            assertThat(store.countPreferences().byAspect()).containsEntry("mean", 3L);
            assertThat(parts()).hasSize(1);
        }
    }

    @Test
    void shouldSampleWholeAnnotations() {
        try (var store = new PreferenceStore(folder)) {
            for (int i = 0; i < 20; i++) {
                var prompt = "prompt" + i;
                store.addPreferences(IntStream.rangeClosed(1, 4)
                        .mapToObj(image ->
                                Records.preference(Records.image(prompt, image), Records.image(prompt, 0), null))
                        .toList());
            }

            var sample = store.sample(null, 20, 1);

            assertThat(sample).hasSize(20).doesNotHaveDuplicates();
            assertThat(sample.stream().map(TrainingPair::prompt).distinct()).hasSize(5);
            assertThat(store.sample(null, 20, 2)).isNotEqualTo(sample);
        }
    }

    @Test
    void shouldCountByAspectAndPolicyRelease() {
        var drawn = Records.image("a", 1, Records.image("a", 1).getPixels(), "release-1");
        try (var store = new PreferenceStore(folder)) {
            assertThat(store.countPreferences().byAspect()).isEmpty();
            store.addPreferences(List.of(
                    Records.preference(drawn, Records.image("a", 0), null),
                    Records.preference(drawn, Records.image("a", 0), Aspect.FIDELITY),
                    Records.preference(Records.image("a", 0), Records.image("a", 2), null)));

            var counts = store.countPreferences();
            assertThat(counts.byAspect()).containsOnly(Map.entry("mean", 2L), Map.entry("FIDELITY", 1L));
            assertThat(counts.byPolicyRelease()).containsOnly(Map.entry("release-1", 2L), Map.entry("none", 1L));
        }
    }

    @Test
    void shouldSampleTheSamePairsForTheSameSeed() {
        try (var store = new PreferenceStore(folder)) {
            store.addPreferences(Records.preferences("a", 50));

            var sample = store.sample(null, 10, 7);
            assertThat(sample).hasSize(10).doesNotHaveDuplicates().isEqualTo(store.sample(null, 10, 7));
            assertThat(sample).isNotEqualTo(store.sample(null, 10, 8));
        }
    }

    @Test
    void shouldSampleInTheOrderOfTheStream() {
        var preferences = new ArrayList<Preference>();
        for (var preference : Records.preferences("a", 50)) {
            preferences.add(Preference.newBuilder(preference)
                    .setCreatedAt(Instant.EPOCH.plusSeconds(preferences.size()))
                    .build());
        }
        try (var store = new PreferenceStore(folder)) {
            store.addPreferences(preferences);

            var sample = store.sample(null, 20, 7);

            assertThat(preferences.stream().map(TrainingPair::of)).containsSubsequence(sample);
            assertThat(sample).hasSize(20);
        }
    }

    @Test
    void shouldSampleTheMeanAlongWithEveryAspect() {
        var better = Records.image("a", 0);
        var worse = Records.image("a", 1);
        var preferences = List.of(
                Records.preference(better, worse, null),
                Records.preference(better, worse, Aspect.FIDELITY),
                Records.preference(worse, better, Aspect.AESTHETIC));
        try (var store = new PreferenceStore(folder)) {
            store.addPreferences(preferences);

            assertThat(store.sample(ALL, 1))
                    .containsExactlyInAnyOrderElementsOf(
                            preferences.stream().map(TrainingPair::of).toList());
            assertThat(store.sample(2, 1)).hasSize(2);
            assertThat(store.sample(Aspect.FIDELITY, ALL, 1))
                    .extracting(TrainingPair::aspect)
                    .containsExactly(Aspect.FIDELITY);
        }
    }

    @Test
    void shouldGiveTheNewestPairsOldestFirst() {
        var preferences = new ArrayList<Preference>();
        for (int i = 0; i < 5; i++) {
            preferences.add(Preference.newBuilder(Records.preferences("a", 5).get(i))
                    .setCreatedAt(Instant.EPOCH.plusSeconds(i))
                    .build());
        }
        try (var store = new PreferenceStore(folder)) {
            store.addPreferences(preferences);

            assertThat(store.newest(null, 2))
                    .containsExactly(TrainingPair.of(preferences.get(3)), TrainingPair.of(preferences.get(4)));
        }
    }

    @Test
    void shouldRefuseASecondWriter() {
        try (var store = new PreferenceStore(folder)) {
            assertThat(store.countRatings()).isZero();
            assertThatThrownBy(() -> new PreferenceStore(folder))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining(folder.toString())
                    .hasMessageContaining("another folder");
        }
    }

    private List<Path> parts() throws IOException {
        try (var files = Files.list(folder.resolve("preferences"))) {
            return files.toList();
        }
    }
}
