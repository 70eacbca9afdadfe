package dev.preflow.trainer;

import dev.preflow.models.tensor.Noise;
import dev.preflow.schemas.GenerationTask;
import dev.preflow.schemas.Prompt;
import dev.preflow.schemas.Release;
import dev.preflow.stream.StageRuntime;
import dev.preflow.stream.config.Config;
import dev.preflow.trainer.checkpoint.Checkpoints;
import dev.preflow.trainer.checkpoint.TrainingState;
import dev.preflow.trainer.ppo.Sample;
import dev.preflow.trainer.ppo.UpdateReport;
import dev.preflow.trainer.rollout.PromptPool;
import dev.preflow.trainer.rollout.RolloutCollector;
import dev.preflow.trainer.rollout.RolloutGroup;
import dev.preflow.trainer.rollout.RolloutRequester;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    private static final Duration TAKE = Duration.ofSeconds(2);
    private static final long FIRST_PROMPT_MILLIS = 200;
    /** Redelivery after a crash reaches no further back than this. */
    private static final int REMEMBERED = 20_000;
    /** Rounding between a batch at drawing and one at training stays well below this. */
    private static final double RATIO_TOLERANCE = 1e-4;

    private final StageRuntime runtime;
    private final TrainedPolicy policy;
    private final Checkpoints checkpoints;
    private final PolicyReleases releases;
    private final PromptPool prompts;
    private final RolloutCollector collector;
    private final RolloutReader reader;
    private final RolloutRequester requester;
    private final TrainerMetrics metrics;
    private final int groups;
    private final int ahead;
    private final long seed;
    private TrainingState state;
    private final List<String> consumed;
    /** The release whose weights are held, as long as they have not been updated since. */
    private Release released;

    PolicyTrainer(
            StageRuntime runtime,
            Config config,
            TrainedPolicy policy,
            Checkpoints checkpoints,
            PolicyReleases releases,
            PromptPool prompts,
            RolloutCollector collector,
            RolloutReader reader,
            RolloutRequester requester,
            TrainingState state)
            throws IOException, InterruptedException {
        this.runtime = runtime;
        this.policy = policy;
        this.checkpoints = checkpoints;
        this.releases = releases;
        this.prompts = prompts;
        this.collector = collector;
        this.reader = reader;
        this.requester = requester;
        this.state = state;
        this.consumed = new ArrayList<>(state.consumed());
        this.metrics = new TrainerMetrics(runtime.meters());
        this.groups = config.get(TrainerSettings.GROUPS);
        this.ahead = config.get(TrainerSettings.AHEAD);
        this.seed = config.get(TrainerSettings.SEED);
        this.released = current();
    }

    /** The release of the weights at hand: the first one, or the one that a crash kept from being published, is made now. */
    private Release current() throws IOException, InterruptedException {
        int number = Math.max(1, state.releaseNumber());
        Release newest = releases.newest();
        if (newest != null && newest.getNumber() == number) {
            return newest;
        }
        if (newest != null && newest.getNumber() > number) {
            // the checkpoints were removed, or are older than the releases: numbers go on, they are never used twice
            number = newest.getNumber() + 1;
        }
        state = new TrainingState(state.iteration(), state.updates(), state.requests(), number, state.consumed());
        return releases.publish(policy, number, Map.of("iteration", (double) state.iteration()));
    }

    /** Goes on until interrupted. */
    void run() throws IOException, InterruptedException {
        log.info("The policy goes on from iteration {} and release {}", state.iteration(), state.releaseNumber());
        while (!Thread.currentThread().isInterrupted()) {
            long start = System.nanoTime();
            request();
            List<RolloutGroup> taken = collector.take(groups, TAKE);
            if (taken.isEmpty()) {
                continue;
            }
            Duration waited = Duration.ofNanos(System.nanoTime() - start);
            metrics.phase("wait", waited);
            iterate(taken, waited);
        }
    }

    private void request() throws IOException, InterruptedException {
        while (collector.underWay() < groups * (ahead + 1)) {
            long number = state.requests();
            long groupSeed = Noise.derive(Noise.derive(seed, 1), number);
            Optional<Prompt> prompt = prompts.draw(Noise.generator(groupSeed));
            if (prompt.isEmpty()) {
                Thread.sleep(FIRST_PROMPT_MILLIS);
                return;
            }
            List<GenerationTask> tasks = requester.group(prompt.get(), released.getId(), groupSeed);
            collector.requested(tasks.get(0).getRolloutGroup());
            for (GenerationTask task : tasks) {
                runtime.publisher().publish(runtime.topics().tasks(), task.getId(), task);
            }
            state = new TrainingState(
                    state.iteration(), state.updates(), number + 1, state.releaseNumber(), state.consumed());
        }
    }

    private void iterate(List<RolloutGroup> taken, Duration waited) throws IOException, InterruptedException {
        long start = System.nanoTime();
        Map<RolloutGroup, List<Sample>> usable = new LinkedHashMap<>();
        for (RolloutGroup group : taken) {
            samples(group).ifPresent(samples -> usable.put(group, samples));
        }
        boolean exact = usable.keySet().stream().allMatch(g -> g.policyRelease().equals(released.getId()));
        UpdateReport report = policy.iterate(
                List.copyOf(usable.values()), state.updates(), Noise.derive(Noise.derive(seed, 2), state.iteration()));
        check(report, exact);
        metrics.iteration(report);
        metrics.phase("train", Duration.ofNanos(System.nanoTime() - start));
        publish(taken, usable, report, waited, Duration.ofNanos(System.nanoTime() - start));
    }

    private void publish(
            List<RolloutGroup> taken,
            Map<RolloutGroup, List<Sample>> usable,
            UpdateReport report,
            Duration waited,
            Duration trained)
            throws IOException, InterruptedException {
        long start = System.nanoTime();
        double staleness =
                usable.keySet().stream().mapToInt(this::staleness).average().orElse(Double.NaN);
        taken.forEach(group -> group.rollouts()
                .forEach(rollout -> consumed.add(rollout.getImage().getId())));
        consumed.subList(0, Math.max(0, consumed.size() - REMEMBERED)).clear();
        boolean changed = report.pairs() > 0;
        state = new TrainingState(
                state.iteration() + 1,
                state.updates() + policy.steps(report),
                state.requests(),
                state.releaseNumber() + (changed ? 1 : 0),
                consumed);
        policy.save(checkpoints, state);
        if (changed) {
            released = releases.publish(policy, state.releaseNumber(), figures(report, staleness, waited, trained));
        }
        for (RolloutGroup group : taken) {
            collector.settle(group);
            reader.discard(group);
        }
        metrics.phase("release", Duration.ofNanos(System.nanoTime() - start));
        log.info(
                "Iteration {}: reward {}, KL {}, clipped {}, waited {} ms, trained {} ms, released in {} ms",
                state.iteration(),
                report.meanReward(),
                report.kl(),
                report.clipFraction(),
                waited.toMillis(),
                trained.toMillis(),
                (System.nanoTime() - start) / 1_000_000);
    }

    /** The group's samples; empty if it cannot be trained on, which is said and counted. */
    private Optional<List<Sample>> samples(RolloutGroup group) {
        try {
            if (group.rollouts().size() < 2) {
                throw new IllegalArgumentException("only one of its images came back");
            }
            if (staleness(group) > ahead + 1) {
                throw new IllegalArgumentException("policy release " + group.policyRelease() + " is too old");
            }
            return Optional.of(reader.read(group));
        } catch (IOException | IllegalArgumentException e) {
            log.warn("Rollout group {} is not trained on: {}", group.id(), e.getMessage());
            metrics.discarded();
            return Optional.empty();
        }
    }

    /** How many releases the policy has made since the one that drew the group. */
    private int staleness(RolloutGroup group) {
        return releases.age(group.policyRelease());
    }

    private void check(UpdateReport report, boolean exact) {
        if (!Double.isFinite(report.firstLogRatio())) {
            throw new IllegalStateException("A log-ratio is " + report.firstLogRatio()
                    + ": the policy has diverged; the last checkpoint is from before");
        }
        if (exact && report.firstLogRatio() > RATIO_TOLERANCE) {
            throw new IllegalStateException("The very weights that drew the rollouts give log-ratios up to "
                    + report.firstLogRatio() + " instead of 0: drawing and training do not agree");
        }
    }

    private static Map<String, Double> figures(
            UpdateReport report, double staleness, Duration waited, Duration trained) {
        Map<String, Double> figures = new HashMap<>();
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
        figures.values().removeIf(value -> value.isNaN());
        return figures;
    }
}
