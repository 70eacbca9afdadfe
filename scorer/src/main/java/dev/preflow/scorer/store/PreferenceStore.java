package dev.preflow.scorer.store;

import dev.preflow.schemas.Annotation;
import dev.preflow.schemas.Aspect;
import dev.preflow.schemas.Preference;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The dataset that grows: {@code preferences/*.parquet} with one row per preference and {@code annotations/*.parquet} with one
 * row per rating, shaped like VisionPrefer (paper section 3). Whatever reads Parquet reads it:
 * {@code SELECT * FROM 'preferences/*.parquet'}. Everything is stored once, however often it is delivered. Thread-safe; one
 * process may have it open.
 */
public final class PreferenceStore implements AutoCloseable {

    /** The name of the mean of the four aspects. */
    public static final String MEAN = "mean";

    private static final String PAIRS = "SELECT id, prompt, better_sha256, worse_sha256, "
            + "coalesce(better_policy_release, worse_policy_release), aspect, created_at, annotation_id "
            + "FROM stored WHERE better_sha256 <> worse_sha256 ";
    private static final String OF_ASPECT = "AND coalesce(aspect, 'mean') = ? ";
    /** Whole annotations, in the order of the stream: their pairs share images, which training computes once. */
    private static final String SAMPLED =
            "SELECT * FROM (%s ORDER BY hash(annotation_id || ?), annotation_id, id LIMIT ?) "
                    + "ORDER BY created_at, annotation_id, id";

    private final FileChannel lockFile;
    private final ParquetFolder<Preference> preferences;
    private final ParquetFolder<Annotation> ratings;

    /**
     * Opens a store.
     *
     * @param folder where it lies, made if it is missing
     * @throws StoreException when another process has it open, or it cannot be read
     */
    public PreferenceStore(Path folder) {
        lockFile = lock(folder);
        preferences = new ParquetFolder<>(folder.resolve("preferences"), new PreferenceColumns());
        ratings = new ParquetFolder<>(folder.resolve("annotations"), new RatingColumns());
    }

    private static FileChannel lock(Path folder) {
        try {
            Files.createDirectories(folder);
            var channel =
                    FileChannel.open(folder.resolve("store.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (channel.tryLock() == null) {
                channel.close();
                throw new IOException("another process has it open");
            }
            return channel;
        } catch (IOException | OverlappingFileLockException e) {
            throw new StoreException(
                    "Cannot open the store %s: stop whatever has it open, or choose another folder".formatted(folder),
                    e);
        }
    }

    /**
     * Stores preferences; they are durable on return.
     *
     * @param batch any preferences
     * @return those that were not stored before, each once
     * @throws StoreException when none of them could be stored
     */
    public List<Preference> addPreferences(List<Preference> batch) {
        return preferences.append(batch);
    }

    /**
     * Stores the ratings of annotations; they are durable on return.
     *
     * @param batch any annotations
     * @return those with a rating that was not stored before, each once
     * @throws StoreException when none of them could be stored
     */
    public List<Annotation> addAnnotations(List<Annotation> batch) {
        return ratings.append(batch);
    }

    /**
     * Draws pairs to learn from: those of a uniform sample of annotations without replacement, the last of which may be cut.
     * Pairs of an image and its own copy are left out.
     *
     * @param aspect the aspect compared; null for the mean of the four
     * @param limit how many at most, from 1
     * @param seed of the choice
     * @return the pairs, oldest first; all of them when there are no more than {@code limit}
     */
    public List<TrainingPair> sample(@Nullable Aspect aspect, int limit, long seed) {
        return preferences.query(
                SAMPLED.formatted(PAIRS + OF_ASPECT), PreferenceStore::pair, name(aspect), Long.toString(seed), limit);
    }

    /**
     * Draws pairs of the mean and of every aspect to learn from, as {@link #sample(Aspect, int, long)} does.
     *
     * @param limit how many at most, from 1
     * @param seed of the choice
     * @return the pairs, oldest first; all of them when there are no more than {@code limit}
     */
    public List<TrainingPair> sample(int limit, long seed) {
        return preferences.query(SAMPLED.formatted(PAIRS), PreferenceStore::pair, Long.toString(seed), limit);
    }

    /**
     * The newest pairs; those of an image and its own copy are left out.
     *
     * @param aspect the aspect compared; null for the mean of the four
     * @param limit how many at most, from 1
     * @return the pairs, oldest first
     */
    public List<TrainingPair> newest(@Nullable Aspect aspect, int limit) {
        var pairs = new ArrayList<>(preferences.query(
                PAIRS + OF_ASPECT + "ORDER BY created_at DESC, id DESC LIMIT ?",
                PreferenceStore::pair,
                name(aspect),
                limit));
        Collections.reverse(pairs);
        return pairs;
    }

    private static String name(@Nullable Aspect aspect) {
        return aspect == null ? MEAN : aspect.name();
    }

    private static TrainingPair pair(ResultSet row) throws SQLException {
        var aspect = row.getString(6);
        return new TrainingPair(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                aspect == null ? null : Aspect.valueOf(aspect),
                row.getString(5));
    }

    /**
     * Counts the preferences.
     *
     * @return their numbers by aspect and by policy release
     */
    public PreferenceCounts countPreferences() {
        return new PreferenceCounts(
                count("coalesce(aspect, 'mean')"), count("coalesce(better_policy_release, 'none')"));
    }

    private Map<String, Long> count(String group) {
        var counts = new TreeMap<String, Long>();
        preferences
                .query(
                        "SELECT " + group + ", count(*) FROM stored GROUP BY 1",
                        row -> Map.entry(row.getString(1), row.getLong(2)))
                .forEach(entry -> counts.put(entry.getKey(), entry.getValue()));
        return counts;
    }

    /**
     * Counts the ratings.
     *
     * @return one for each image and aspect that an annotator rated
     */
    public long countRatings() {
        return ratings.size();
    }

    /**
     * Merges small files where there are many.
     *
     * @param limit how many small files of one folder are merged at least, from 2
     * @param smallBytes up to which size a file is small
     * @throws StoreException when merging failed; nothing is lost then
     */
    public void compact(int limit, long smallBytes) {
        preferences.compact(limit, smallBytes);
        ratings.compact(limit, smallBytes);
    }

    @Override
    public void close() {
        preferences.close();
        ratings.close();
        try {
            lockFile.close();
        } catch (IOException e) {
            throw new StoreException("Cannot release the lock of the store", e);
        }
    }
}
