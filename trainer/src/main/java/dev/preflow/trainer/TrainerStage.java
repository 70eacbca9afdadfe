package dev.preflow.trainer;

import dev.preflow.models.tensor.Noise;
import dev.preflow.schemas.Prompt;
import dev.preflow.schemas.Rollout;
import dev.preflow.stream.DeadLetterRules;
import dev.preflow.stream.Stage;
import dev.preflow.stream.StageOptions;
import dev.preflow.stream.StageRuntime;
import dev.preflow.stream.TopicReader;
import dev.preflow.stream.TopicStart;
import dev.preflow.stream.blob.BlobStore;
import dev.preflow.stream.config.Config;
import dev.preflow.stream.observe.Health;
import dev.preflow.trainer.checkpoint.Checkpoints;
import dev.preflow.trainer.checkpoint.TrainingState;
import dev.preflow.trainer.rollout.PromptPool;
import dev.preflow.trainer.rollout.RolloutCollector;
import dev.preflow.trainer.rollout.RolloutRequester;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The trainer as a stage: prompts and rollouts in, tasks and releases out. One process trains a policy; a second one would be
 * given a share of the rollouts only.
 */
public final class TrainerStage {
    private static final Logger log = LoggerFactory.getLogger(TrainerStage.class);
    private static final String NAME = "trainer";
    /** The stage of the rollouts reports under {@link #NAME} itself. */
    private static final String TRAINING = "policy-training";
    /** Rollouts wait for a checkpoint, not for work that could be finished: there is nothing to drain. */
    private static final Duration DRAIN = Duration.ofMillis(500);

    private static final long STOP_SECONDS = 10;

    private final StageRuntime runtime;
    private final BlobStore blobs;
    private final Config config;
    private final PromptPool prompts;
    private final Thread thread = new Thread(this::run, "policy-trainer");
    private final Promise<Void> stopped = Promise.promise();
    private volatile boolean stopping;
    private volatile Health.Status status = Health.Status.good("is starting");

    private TrainerStage(StageRuntime runtime, BlobStore blobs, Config config, Predicate<String> heldOut) {
        this.runtime = runtime;
        this.blobs = blobs;
        this.config = config;
        List<String> sources = config.get(TrainerSettings.SOURCES);
        this.prompts = new PromptPool(
                config.get(TrainerSettings.PROMPTS),
                prompt ->
                        (sources.isEmpty() || sources.contains(prompt.getSource())) && !heldOut.test(prompt.getText()));
    }

    /**
     * Starts training on a thread of its own. When training fails it stops, the checks {@code policy-training} of life and of
     * readiness say why, and the last checkpoint stays good.
     *
     * @param blobs holds trajectories and takes the releases' files
     * @param config has {@link TrainerSettings}
     * @param heldOut texts of prompts that are never trained on
     * @return the running stage
     */
    public static TrainerStage start(StageRuntime runtime, BlobStore blobs, Config config, Predicate<String> heldOut) {
        TrainerStage stage = new TrainerStage(runtime, blobs, config, heldOut);
        runtime.health().ready(TRAINING, () -> stage.status);
        // nothing but a restart makes training that has failed go on
        runtime.health().live(TRAINING, () -> stage.status);
        stage.thread.setDaemon(true);
        stage.thread.start();
        return stage;
    }

    /**
     * Stops within the micro-batch at hand; what has not been checkpointed is done again after the next start.
     *
     * @return completes when the thread has ended and the rollouts' offsets are committed
     */
    public Future<Void> stop() {
        if (!stopping) {
            stopping = true;
            thread.interrupt();
        }
        return stopped.future();
    }

    private void run() {
        try (ReleaseWatch watch = ReleaseWatch.start(runtime);
                TrainedPolicy policy = TrainedPolicy.open(config);
                TopicReader<Prompt> reader = TopicReader.start(
                        runtime.kafka(),
                        runtime.topics().prompts(),
                        TopicStart.last(config.get(TrainerSettings.PROMPTS)),
                        delivery -> prompts.add(delivery.record()))) {
            Checkpoints checkpoints = new Checkpoints(config.get(TrainerSettings.CHECKPOINTS));
            Optional<TrainingState> saved = policy.restore(checkpoints);
            if (saved.isEmpty()) {
                // a policy under training makes the newest pairs harder for every VP-Score: what was once enough is
                // enough
                double least = config.get(TrainerSettings.MIN_ACCURACY);
                status = Health.Status.good("waits until VP-Score's held-out accuracy reaches " + least);
                watch.awaitAccuracy(least);
            }
            status = Health.Status.good("trains");
            train(watch, policy, checkpoints, saved.orElse(TrainingState.START));
        } catch (InterruptedException e) {
            log.info("The trainer stops");
        } catch (IOException | RuntimeException | Error e) {
            failed(e);
        } finally {
            stopped.tryComplete();
        }
    }

    private void failed(Throwable e) {
        if (stopping) {
            // files that are being written fail in an interrupted thread
            log.info("The trainer stops, cut off by {}", e.toString());
            return;
        }
        log.error("Training has stopped; the last checkpoint is good, and a restart goes on from it", e);
        status = Health.Status.bad("has stopped: " + e.getMessage());
    }

    private void train(ReleaseWatch watch, TrainedPolicy policy, Checkpoints checkpoints, TrainingState state)
            throws IOException, InterruptedException {
        int ahead = config.get(TrainerSettings.AHEAD);
        long seed = config.get(TrainerSettings.SEED);
        PolicyReleases releases = new PolicyReleases(
                runtime,
                blobs,
                config.get(TrainerSettings.RELEASE_CACHE),
                watch.policies(),
                // the age of every rollout that may be trained on must be known
                Math.max(config.get(TrainerSettings.KEEP), ahead + 2));
        RolloutCollector collector =
                new RolloutCollector(config.get(TrainerSettings.ROLLOUT_WAIT), Clock.systemUTC(), state.consumed());
        RolloutReader reader = new RolloutReader(blobs, policy.manager());
        RolloutFeed feed = new RolloutFeed(
                runtime,
                prompts,
                new RolloutRequester(
                        config.get(TrainerSettings.GENERATOR),
                        config.get(TrainerSettings.GROUP_SIZE),
                        TrainedPolicy.form(config),
                        Clock.systemUTC()),
                collector,
                reader,
                config.get(TrainerSettings.GROUPS),
                config.get(TrainerSettings.GUIDANCE),
                ahead,
                Noise.derive(seed, 1));
        PolicyTrainer trainer = new PolicyTrainer(
                policy,
                checkpoints,
                releases,
                feed,
                new TrainerMetrics(runtime.meters()),
                Noise.derive(seed, 2),
                state);
        Stage<Rollout> rollouts = gather(collector, reader);
        try {
            trainer.run();
        } finally {
            stop(rollouts, collector);
        }
    }

    private Stage<Rollout> gather(RolloutCollector collector, RolloutReader reader) {
        return Stage.builder(
                        NAME, runtime.topics().rollouts(), delivery -> handle(delivery.record(), collector, reader))
                .options(StageOptions.inFlight(inFlight()).withDrainLimit(DRAIN))
                .deadLetters(DeadLetterRules.sparingPrompt(
                        rollout -> rollout.getImage().getPromptId()))
                .start(runtime);
    }

    /** What a rollout was kept for is over once its group is settled; or before it came, if its group went on without it. */
    private Future<Void> handle(Rollout rollout, RolloutCollector collector, RolloutReader reader) {
        return collector.add(rollout).compose(settled -> runtime.vertx().executeBlocking(() -> {
            reader.discard(rollout);
            return null;
        }));
    }

    private static void stop(Stage<Rollout> rollouts, RolloutCollector collector) throws InterruptedException {
        Future<Void> end = rollouts.stop();
        collector.abandon();
        // a file that was cut off by the interruption leaves it pending, and nothing below would be waited for
        Thread.interrupted();
        try {
            end.toCompletionStage().toCompletableFuture().get(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            log.warn("The rollouts' stage has not stopped well; their offsets may not be committed", e);
        }
    }

    /** Every rollout under way is held until it is settled; a full stage would keep groups from becoming complete. */
    private int inFlight() {
        return config.get(TrainerSettings.GROUPS)
                * config.get(TrainerSettings.GROUP_SIZE)
                * (config.get(TrainerSettings.AHEAD) + 3);
    }
}
