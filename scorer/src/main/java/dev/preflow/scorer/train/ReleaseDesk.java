package dev.preflow.scorer.train;

import ai.djl.ndarray.NDManager;
import dev.preflow.models.reward.VpScore;
import dev.preflow.schemas.Release;
import dev.preflow.scorer.ScorerSettings;
import dev.preflow.scorer.store.TrainingPair;
import dev.preflow.stream.blob.FileTree;
import dev.preflow.stream.blob.ReleaseFiles;
import dev.preflow.stream.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures weights that were trained, and releases them when the gate lets them pass. What is released is calibrated: its
 * scores of recent images have mean 0 and standard deviation 1. Blocks; for one thread.
 */
final class ReleaseDesk implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ReleaseDesk.class);
    /** Below this many pairs accuracy on the policy's images is noise. */
    private static final int MIN_POLICY_PAIRS = 30;

    private final TrainingData data;
    private final Measure measure;
    private final TrainingMetrics metrics;
    private final RewardReleases releases;
    private final NDManager manager;
    private final Gate gate;
    private final double alarmGap;
    private final Map<Shown, Float> servingScores = new HashMap<>();
    private @Nullable VpScore serving;

    ReleaseDesk(
            Config config,
            TrainingData data,
            Measure measure,
            TrainingMetrics metrics,
            RewardReleases releases,
            NDManager manager) {
        this.data = data;
        this.measure = measure;
        this.metrics = metrics;
        this.releases = releases;
        this.manager = manager;
        gate = new Gate(
                config.get(ScorerSettings.GATE_MIN_PAIRS),
                config.get(ScorerSettings.GATE_MIN_ACCURACY),
                config.get(ScorerSettings.GATE_SLACK));
        alarmGap = config.get(ScorerSettings.ALARM_GAP);
    }

    /**
     * Loads the newest release, to compare with.
     *
     * @param files lays it out
     */
    void load(ReleaseFiles files) {
        var newest = releases.newest();
        if (newest == null) {
            return;
        }
        try {
            serving = VpScore.load(files.unpack(newest), manager);
        } catch (IOException | RuntimeException e) {
            log.warn(
                    "Reward release {} cannot be loaded; the next one is compared with nothing", newest.getNumber(), e);
        }
    }

    /**
     * Measures a candidate and releases it, or says why not.
     *
     * @param learner has the candidate
     * @return the release; null when the gate did not let it pass
     * @throws IOException when it could not be measured or published
     * @throws InterruptedException when the thread is told to stop
     */
    @Nullable
    Release consider(Learner learner) throws IOException, InterruptedException {
        var pairs = measure.readable(data.heldOut().all());
        var policyPairs = measure.readable(data.heldOut().ofPolicy());
        if (pairs.size() < gate.minPairs()) {
            log.debug("{} of {} held-out pairs are there", pairs.size(), gate.minPairs());
            return null;
        }
        try (var candidate = learner.candidate(manager)) {
            return consider(candidate, pairs, policyPairs, learner);
        }
    }

    private @Nullable Release consider(
            VpScore candidate, List<TrainingPair> pairs, List<TrainingPair> policyPairs, Learner learner)
            throws IOException, InterruptedException {
        var shown = Shown.in(pairs);
        shown.addAll(Shown.in(policyPairs));
        var scores = measure.score(candidate, shown);
        double accuracy = Shown.accuracy(pairs, scores);
        double policyAccuracy = policyAccuracy(policyPairs, scores);
        metrics.measured(accuracy, policyAccuracy);
        watchPolicy(accuracy, policyAccuracy);
        double compared = compared(accuracy, policyAccuracy);
        var before = serving == null ? null : compared(pairs, policyPairs, servingScores(serving, shown));
        var objection = gate.objection(compared, before, pairs.size());
        if (objection != null) {
            metrics.rejected();
            log.info("Step {} is not released: {}", learner.steps(), objection);
            return null;
        }
        var figures = new HashMap<String, Double>();
        figures.put("heldOutAccuracy", accuracy);
        figures.put("gateAccuracy", compared);
        figures.put("heldOutPairs", (double) pairs.size());
        figures.put("trainPairs", (double) data.trainPairs());
        figures.put("step", (double) learner.steps());
        putMeasured(figures, "policyAccuracy", policyAccuracy);
        putMeasured(figures, "replacedAccuracy", before == null ? Double.NaN : before);
        return release(candidate, figures);
    }

    private static double policyAccuracy(List<TrainingPair> policyPairs, Map<Shown, Float> scores) {
        return policyPairs.size() < MIN_POLICY_PAIRS ? Double.NaN : Shown.accuracy(policyPairs, scores);
    }

    private static double compared(List<TrainingPair> pairs, List<TrainingPair> policyPairs, Map<Shown, Float> scores) {
        return compared(Shown.accuracy(pairs, scores), policyAccuracy(policyPairs, scores));
    }

    /**
     * What the gate compares: the mean of accuracy overall and on the policy's newest images, if that was measured. The first
     * keeps what was learnt; the second counts as much, for it is there that the policy is led.
     */
    private static double compared(double accuracy, double policyAccuracy) {
        return Double.isNaN(policyAccuracy) ? accuracy : (accuracy + policyAccuracy) / 2;
    }

    private void watchPolicy(double accuracy, double policyAccuracy) {
        boolean behind = accuracy - policyAccuracy >= alarmGap;
        if (behind) {
            log.warn(
                    "VP-Score falls behind the policy: accuracy {} on its newest images, {} overall",
                    policyAccuracy,
                    accuracy);
        }
        metrics.alarm(behind);
    }

    /** Scores of the serving release, kept as long as their pairs are measured with. */
    private Map<Shown, Float> servingScores(VpScore model, Iterable<Shown> shown) throws IOException {
        var wanted = new HashSet<Shown>();
        shown.forEach(wanted::add);
        servingScores.keySet().retainAll(wanted);
        wanted.removeAll(servingScores.keySet());
        servingScores.putAll(measure.score(model, wanted));
        return servingScores;
    }

    private Release release(VpScore candidate, Map<String, Double> figures) throws IOException, InterruptedException {
        var recent = new ArrayList<>(Shown.in(measure.readable(data.recent())));
        var pictures = measure.pictures(recent);
        var prompts = Measure.prompts(recent);
        var calibrated = candidate.calibrated(pictures, prompts, manager);
        var directory = Files.createTempDirectory("preflow-reward");
        try {
            if (serving != null) {
                shift(serving.score(pictures, prompts), calibrated.score(pictures, prompts), figures);
            }
            calibrated.save(directory);
            var release = releases.publish(directory, figures);
            serveBy(calibrated);
            metrics.released();
            log.info("Released reward {} ({}): {}", release.getNumber(), release.getId(), figures);
            return release;
        } catch (IOException | InterruptedException | RuntimeException e) {
            calibrated.close();
            throw e;
        } finally {
            FileTree.delete(directory);
        }
    }

    private void serveBy(VpScore model) {
        if (serving != null) {
            serving.close();
        }
        serving = model;
        servingScores.clear();
    }

    /** By how much scores of the same images differ from one release to the next. */
    private static void shift(float[] before, float[] after, Map<String, Double> figures) {
        double mean = 0;
        for (int i = 0; i < after.length; i++) {
            mean += (after[i] - before[i]) / (double) after.length;
        }
        double variance = 0;
        for (int i = 0; i < after.length; i++) {
            variance += Math.pow(after[i] - before[i] - mean, 2) / after.length;
        }
        figures.put("calibrationShiftMean", mean);
        figures.put("calibrationShiftStd", Math.sqrt(variance));
    }

    private static void putMeasured(Map<String, Double> figures, String name, double value) {
        if (!Double.isNaN(value)) {
            figures.put(name, value);
        }
    }

    @Override
    public void close() {
        if (serving != null) {
            serving.close();
        }
    }
}
