package dev.preflow.trainer;

import dev.preflow.models.tensor.Noise;
import dev.preflow.schemas.Release;
import dev.preflow.trainer.checkpoint.Checkpoints;
import dev.preflow.trainer.checkpoint.TrainingState;
import dev.preflow.trainer.ppo.Sample;
import dev.preflow.trainer.ppo.UpdateReport;
import dev.preflow.trainer.rollout.RolloutCollector;
import dev.preflow.trainer.rollout.RolloutGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop of one policy: ask for rollouts, wait for them, update, checkpoint, release. For one thread.
 *
 * <p>The order is what survives a crash: the checkpoint is durable before its release is published, and the release is
 * published before the rollouts count as handled. Whatever is cut off is done again, and nothing is trained on twice.
 */
final class PolicyTrainer {
    private static final Logger log = LoggerFactory.getLogger(PolicyTrainer.class);
    /** Rounding between a batch at drawing and one at training stays well below this. */
    private static final double RATIO_ROUNDING = 1e-4;
    /** No rounding explains this. */
    private static final double RATIO_FAULT = 1e-2;
    /** A figure of the release whose weights begin anew, 1 there and absent otherwise. */
    private static final String BEGUN_ANEW = "begunAnew";

    private final TrainedPolicy policy;
    private final Checkpoints checkpoints;
    private final PolicyReleases releases;
    private final RolloutFeed feed;
    private final TrainerMetrics metrics;
    private final long seed;
    private TrainingState state;
    /** The release whose weights are held. */
    private Release released;

    /**
     * Publishes the weights at hand if the newest release has others: at the very first start, or after a crash between a
     * checkpoint and its release.
     *
     * @param seed of the order of training
     * @param state belongs to the policy's weights
     */
    PolicyTrainer(
            TrainedPolicy policy,
            Checkpoints checkpoints,
            PolicyReleases releases,
            RolloutFeed feed,
            TrainerMetrics metrics,
            long seed,
            TrainingState state)
            throws IOException, InterruptedException {
        this.policy = policy;
        this.checkpoints = checkpoints;
        this.releases = releases;
        this.feed = feed;
        this.metrics = metrics;
        this.seed = seed;
        this.state = state;
        this.released = releases.publish(policy, state.figures());
    }

    /**
     * Goes on until interrupted.
     *
     * @throws IOException if a checkpoint or a release cannot be written
     * @throws IllegalStateException if the policy has diverged, or does not agree with what drew the rollouts
     */
    void run() throws IOException, InterruptedException {
        log.info("The policy goes on from iteration {} and release {}", state.iteration(), released.getNumber());
        long start = System.nanoTime();
        while (!Thread.interrupted()) {
            state = state.withRequests(feed.request(released.getId(), state.requests()));
            List<RolloutGroup> taken = feed.take();
            if (!taken.isEmpty()) {
                iterate(taken, since(start));
                start = System.nanoTime();
            }
        }
    }

    private void iterate(List<RolloutGroup> taken, Duration waited) throws IOException, InterruptedException {
        long start = System.nanoTime();
        List<List<Sample>> samples = new ArrayList<>();
        List<Integer> ages = new ArrayList<>();
        for (RolloutGroup group : fresh(taken)) {
            try {
                samples.add(read(group));
                ages.add(releases.age(group.policyRelease()));
            } catch (IllegalArgumentException e) {
                log.warn("Rollout group {} is not trained on: {}", group.id(), e.getMessage());
                metrics.discarded(1);
            }
        }
        if (Thread.interrupted()) {
            // reading fails in an interrupted thread, and that is nobody's fault
            throw new InterruptedException("Interrupted while reading rollouts");
        }
        UpdateReport report = policy.iterate(samples, state.updates(), Noise.derive(seed, state.iteration()));
        check(report, ages.stream().allMatch(age -> age == 0));
        double staleness = ages.stream().mapToInt(age -> age).average().orElse(Double.NaN);
        Duration trained = since(start);
        advance(taken, report, figures(report, staleness, waited, trained));
        metrics.iteration(report, staleness, waited, trained, since(start).minus(trained));
        log.info(
                "Iteration {}: reward {}, KL {}, clipped {}, waited {} ms, trained {} ms, release {}",
                state.iteration(),
                report.meanReward(),
                report.kl(),
                report.clipFraction(),
                waited.toMillis(),
                trained.toMillis(),
                released.getNumber());
    }

    private List<RolloutGroup> fresh(List<RolloutGroup> taken) {
        List<RolloutGroup> fresh = taken.stream()
                .filter(group -> releases.age(group.policyRelease()) <= feed.maxStaleness())
                .toList();
        int outdated = taken.size() - fresh.size();
        if (outdated > 0) {
            // usual after a start: they were asked for before the stop
            log.warn("{} rollout groups are not trained on: the releases that drew them are too old", outdated);
            metrics.discarded(outdated);
        }
        return fresh;
    }

    private List<Sample> read(RolloutGroup group) {
        List<Sample> samples = feed.read(group);
        policy.requireTrainable(samples);
        return samples;
    }

    private void check(UpdateReport report, boolean exact) {
        double first = report.firstLogRatio();
        if (!Double.isFinite(first)) {
            throw new IllegalStateException(
                    "A log-ratio is " + first + ": the policy has diverged; the last checkpoint is from before");
        }
        if (exact && first > RATIO_FAULT) {
            throw new IllegalStateException("The very weights that drew the rollouts give log-ratios up to " + first
                    + " instead of 0: drawing and training do not agree");
        }
        if (exact && first > RATIO_ROUNDING) {
            log.error("The very weights that drew the rollouts give log-ratios up to {} instead of 0", first);
        }
    }

    private void advance(List<RolloutGroup> taken, UpdateReport report, Map<String, Double> figures)
            throws IOException, InterruptedException {
        List<String> done = new ArrayList<>();
        taken.forEach(group -> done.add(group.id()));
        boolean anew = policy.reset(state.iteration() + 1);
        if (anew) {
            log.info("The policy begins anew after iteration {}", state.iteration() + 1);
            done.addAll(feed.forget());
            figures.put(BEGUN_ANEW, 1.0);
        }
        List<String> consumed = new ArrayList<>(state.consumed());
        consumed.addAll(done);
        boolean changed = anew || report.pairs() > 0;
        state = new TrainingState(
                state.iteration() + 1,
                anew ? 0 : state.updates() + policy.steps(report),
                state.requests(),
                consumed.subList(Math.max(0, consumed.size() - RolloutCollector.REMEMBERED), consumed.size()),
                changed ? figures : state.figures());
        policy.save(checkpoints, state);
        if (changed) {
            released = releases.publish(policy, figures);
        }
        feed.settle(done);
    }

    private Map<String, Double> figures(UpdateReport report, double staleness, Duration waited, Duration trained) {
        Map<String, Double> figures = new HashMap<>();
        figures.put("iteration", state.iteration() + 1.0);
        figures.put("pairs", (double) report.pairs());
        figures.put("groups", (double) report.groups());
        figures.put("zeroSpreadGroups", (double) report.zeroSpreadGroups());
        figures.put("meanReward", report.meanReward());
        figures.put("rewardDeviation", report.rewardDeviation());
        figures.put("clipFraction", report.clipFraction());
        figures.put("kl", report.kl());
        figures.put("gradientNorm", report.gradientNorm());
        figures.put("staleness", staleness);
        figures.put("waitSeconds", waited.toMillis() / 1000.0);
        figures.put("trainSeconds", trained.toMillis() / 1000.0);
        // a metric that was not measured is absent
        figures.values().removeIf(value -> value.isNaN());
        return figures;
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }
}
