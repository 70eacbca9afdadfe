package dev.preflow.trainer;

import dev.preflow.schemas.Prompt;
import dev.preflow.schemas.Rollout;
import dev.preflow.stream.DeadLetterRules;
import dev.preflow.stream.Stage;
import dev.preflow.stream.StageOptions;
import dev.preflow.stream.StageRuntime;
import dev.preflow.stream.TopicReader;
import dev.preflow.stream.TopicStart;
import dev.preflow.stream.blob.BlobStore;
import dev.preflow.stream.blob.ReleaseFiles;
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
import java.util.HashSet;
import java.util.List;
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
    /** Rollouts wait for a checkpoint, not for work that could be finished: there is nothing to drain. */
    private static final Duration DRAIN = Duration.ofMillis(500);

    private final StageRuntime runtime;
    private final BlobStore blobs;
    private final Config config;
    private final PromptPool prompts;
    private final Thread thread = new Thread(this::run, NAME);
    private final Promise<Void> stopped = Promise.promise();
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
     * Starts training on a thread of its own.
     *
     * @param config has {@link TrainerSettings}
     * @param heldOut texts of prompts that are never trained on
     */
    public static TrainerStage start(StageRuntime runtime, BlobStore blobs, Config config, Predicate<String> heldOut) {
        TrainerStage stage = new TrainerStage(runtime, blobs, config, heldOut);
        runtime.health().ready(NAME, () -> stage.status);
        stage.thread.setDaemon(true);
        stage.thread.start();
        return stage;
    }

    /** Stops after the step at hand; what has not been checkpointed is done again after the next start. */
    public Future<Void> stop() {
        thread.interrupt();
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
            double least = config.get(TrainerSettings.MIN_ACCURACY);
            status = Health.Status.good("waits until VP-Score's held-out accuracy reaches " + least);
            watch.awaitAccuracy(least);
            status = Health.Status.good("trains");
            train(watch, policy);
        } catch (InterruptedException e) {
            log.info("The trainer stops");
        } catch (IOException | RuntimeException e) {
            log.error("Training has stopped; the last checkpoint is good, and a restart goes on from it", e);
            status = Health.Status.bad("has stopped: " + e.getMessage());
        } finally {
            stopped.tryComplete();
        }
    }

    private void train(ReleaseWatch watch, TrainedPolicy policy) throws IOException, InterruptedException {
        Checkpoints checkpoints = new Checkpoints(config.get(TrainerSettings.CHECKPOINTS));
        TrainingState state = policy.restore(checkpoints).orElse(TrainingState.START);
        RolloutCollector collector = new RolloutCollector(
                config.get(TrainerSettings.ROLLOUT_WAIT), Clock.systemUTC(), new HashSet<>(state.consumed()));
        ReleaseFiles files = new ReleaseFiles(blobs, config.get(TrainerSettings.RELEASE_CACHE), Clock.systemUTC());
        PolicyReleases releases =
                new PolicyReleases(runtime, blobs, files, watch.policies(), config.get(TrainerSettings.KEEP));
        RolloutRequester requester = new RolloutRequester(
                config.get(TrainerSettings.GENERATOR),
                config.get(TrainerSettings.GROUP_SIZE),
                TrainedPolicy.form(config),
                Clock.systemUTC());
        PolicyTrainer trainer = new PolicyTrainer(
                runtime,
                config,
                policy,
                checkpoints,
                releases,
                prompts,
                collector,
                new RolloutReader(blobs, policy.manager()),
                requester,
                state);
        Stage<Rollout> rollouts = Stage.builder(
                        NAME, runtime.topics().rollouts(), delivery -> collector.add(delivery.record()))
                .options(StageOptions.inFlight(inFlight()).withDrainLimit(DRAIN))
                .deadLetters(DeadLetterRules.sparingPrompt(
                        rollout -> rollout.getImage().getPromptId()))
                .start(runtime);
        try {
            trainer.run();
        } finally {
            rollouts.stop().onFailure(e -> log.warn("The rollouts' stage has not stopped well", e));
        }
    }

    /** Every rollout under way is held until it is settled; a full stage would keep groups from becoming complete. */
    private int inFlight() {
        return config.get(TrainerSettings.GROUPS)
                * config.get(TrainerSettings.GROUP_SIZE)
                * (config.get(TrainerSettings.AHEAD) + 3);
    }
}
