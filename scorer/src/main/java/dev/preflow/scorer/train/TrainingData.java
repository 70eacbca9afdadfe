package dev.preflow.scorer.train;

import dev.preflow.schemas.Preference;
import dev.preflow.scorer.LearntAspect;
import dev.preflow.scorer.ScorerSettings;
import dev.preflow.scorer.store.PreferenceStore;
import dev.preflow.scorer.store.TrainingPair;
import dev.preflow.stream.config.Config;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;

/**
 * Sorts the pairs: those of held-out prompts are measured with, the others are trained on. No pair is ever on both sides.
 * Thread-safe.
 */
final class TrainingData {

    private static final int RUN = 16;
    /** Two images differ in two of the aspects or so beside the mean. */
    private static final int RUN_OF_EACH = 3 * RUN;

    private static final int POLICY_PAIRS = 400;
    private static final int RECENT_PAIRS = 128;
    private static final int NEWEST_FACTOR = 10;

    private final LearntAspect learnt;
    private final Predicate<String> heldOutPrompts;
    private final int replay;
    private final int heldOutLimit;
    private final PairPool pool;
    private final HeldOutPairs heldOut;
    private final NewestPairs recent = new NewestPairs(RECENT_PAIRS);

    /**
     * No pairs yet.
     *
     * @param config has {@link ScorerSettings}
     * @param heldOutPrompts which prompts are held out
     */
    TrainingData(Config config, Predicate<String> heldOutPrompts) {
        this.heldOutPrompts = heldOutPrompts;
        learnt = config.get(ScorerSettings.ASPECT);
        replay = config.get(ScorerSettings.REPLAY);
        heldOutLimit = config.get(ScorerSettings.HELD_OUT_PAIRS);
        pool = new PairPool(
                replay,
                config.get(ScorerSettings.NEW_SHARE),
                learnt == LearntAspect.EACH ? RUN_OF_EACH : RUN,
                config.get(ScorerSettings.SEED));
        heldOut = new HeldOutPairs(heldOutLimit, POLICY_PAIRS);
    }

    /**
     * Takes what was stored before this run.
     *
     * @param store the store, before anything is added to it
     * @param seed decides which pairs are sampled
     */
    void restore(PreferenceStore store, long seed) {
        boolean each = learnt == LearntAspect.EACH;
        var aspect = learnt.aspect();
        var sample = new ArrayList<>(each ? store.sample(replay, seed) : store.sample(aspect, replay, seed));
        int sampled = sample.size();
        sample.removeIf(pair -> heldOutPrompts.test(pair.prompt()));
        var words = new HashMap<String, String>();
        sample.replaceAll(pair -> pair.sharing(words));
        var counts = store.countPreferences().byAspect();
        var name = aspect == null ? PreferenceStore.MEAN : aspect.name();
        long stored = each ? counts.values().stream().mapToLong(Long::longValue).sum() : counts.getOrDefault(name, 0L);
        // exact when the sample is all there is
        pool.restore(sample, sampled == 0 ? 0 : Math.round((double) stored * sample.size() / sampled));
        for (var pair : store.newest(aspect, Math.multiplyExact(NEWEST_FACTOR, heldOutLimit))) {
            recent.add(pair);
            if (heldOutPrompts.test(pair.prompt())) {
                heldOut.add(pair);
            }
        }
    }

    /**
     * Takes new preferences; those of aspects that are not learnt are passed over.
     *
     * @param preferences stored a moment ago, each once
     */
    void add(List<Preference> preferences) {
        var words = new HashMap<String, String>();
        for (var preference : preferences) {
            if (learnt.includes(preference.getAspect())) {
                add(TrainingPair.of(preference).sharing(words));
            }
        }
        synchronized (this) {
            notifyAll();
        }
    }

    /** Whatever is learnt from, it is measured by one aspect, or by the mean. */
    private void add(TrainingPair pair) {
        if (!pair.compares()) {
            return;
        }
        boolean measured = pair.aspect() == learnt.aspect();
        if (measured) {
            recent.add(pair);
        }
        if (!heldOutPrompts.test(pair.prompt())) {
            pool.add(pair);
        } else if (measured) {
            heldOut.add(pair);
        }
    }

    /**
     * Draws a batch to train on.
     *
     * @param size how many pairs
     * @param random draws the replayed ones
     * @return pairs of prompts that are not held out
     */
    List<TrainingPair> draw(int size, Random random) {
        return pool.draw(size, random);
    }

    /** How many pairs to train on there ever were. */
    long trainPairs() {
        return pool.seen();
    }

    /** The pairs to measure with. */
    HeldOutPairs heldOut() {
        return heldOut;
    }

    /** The newest pairs of both sides, for the distribution of scores. */
    List<TrainingPair> recent() {
        return recent.list();
    }

    /** Waits for new pairs, or for some time. */
    synchronized void await(long millis) throws InterruptedException {
        wait(millis);
    }
}
