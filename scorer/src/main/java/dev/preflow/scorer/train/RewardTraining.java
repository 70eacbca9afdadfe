package dev.preflow.scorer.train;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import dev.preflow.models.reward.VpScore;
import dev.preflow.models.tensor.Devices;
import dev.preflow.models.tensor.Torch;
import dev.preflow.schemas.Preference;
import dev.preflow.scorer.ScorerSettings;
import dev.preflow.scorer.pixels.PictureCache;
import dev.preflow.scorer.store.PreferenceStore;
import dev.preflow.stream.StageRuntime;
import dev.preflow.stream.blob.BlobStore;
import dev.preflow.stream.blob.ReleaseFiles;
import dev.preflow.stream.config.ComputeSettings;
import dev.preflow.stream.config.Config;
import dev.preflow.stream.observe.Health;
import io.vertx.core.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains VP-Score without stopping, on one thread: Bradley-Terry on batches of new and replayed pairs (paper section 3.1),
 * rests when there is nothing new to learn, measures and releases, and writes checkpoints. It does not depend on scores, so it
 * makes the very first release, too.
 */
public final class RewardTraining {

    private static final Logger log = LoggerFactory.getLogger(RewardTraining.class);
    private static final String NAME = "reward-training";
    private static final long IDLE_MILLIS = 1_000;

    private final StageRuntime runtime;
    private final Config config;
    private final BlobStore blobs;
    private final ReleaseFiles files;
    private final InitialModel initial;
    private final TrainingData data;
    private final TrainingMetrics metrics;
    private final Measure measure;
    private final Pace pace;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, NAME);
    private volatile Health.Status status = Health.Status.good("is starting");

    private RewardTraining(
            StageRuntime runtime,
            Config config,
            BlobStore blobs,
            ReleaseFiles files,
            PictureCache pictures,
            InitialModel initial,
            Predicate<String> heldOut) {
        this.runtime = runtime;
        this.config = config;
        this.blobs = blobs;
        this.files = files;
        this.initial = initial;
        data = new TrainingData(config, new HeldOutPrompts(config.get(ScorerSettings.HELD_OUT_SHARE), heldOut));
        metrics = new TrainingMetrics(runtime.meters(), data);
        measure = new Measure(pictures, metrics);
        pace = new Pace(
                config.get(ScorerSettings.PASSES),
                config.get(ScorerSettings.DUTY_CYCLE),
                config.get(ScorerSettings.MIN_PAIRS));
    }

    /**
     * Starts training on what is stored. New preferences are handed over by {@link #add}, which the store's stage is given
     * when it is started, after this.
     *
     * @param runtime what the stages of this process share
     * @param config has {@link ScorerSettings}
     * @param store what was stored before
     * @param blobs where releases go
     * @param files packs releases
     * @param pictures where pixels come from
     * @param initial the network to start from
     * @param heldOut prompts that are held out, beside the share that the settings say; they are never trained on
     * @return the running training
     */
    public static RewardTraining start(
            StageRuntime runtime,
            Config config,
            PreferenceStore store,
            BlobStore blobs,
            ReleaseFiles files,
            PictureCache pictures,
            InitialModel initial,
            Predicate<String> heldOut) {
        var training = new RewardTraining(runtime, config, blobs, files, pictures, initial, heldOut);
        training.data.restore(store, config.get(ScorerSettings.SEED));
        runtime.health().ready(NAME, () -> training.status);
        // it is bad once training has failed, and nothing but a restart makes that go on
        runtime.health().live(NAME, () -> training.status);
        training.thread.setDaemon(true);
        training.thread.start();
        return training;
    }

    /**
     * Takes new preferences.
     *
     * @param preferences stored a moment ago, each once
     */
    public void add(List<Preference> preferences) {
        data.add(preferences);
    }

    /**
     * Stops after the step at hand and writes a checkpoint.
     *
     * @return completes when the thread has ended
     */
    public Future<Void> stop() {
        stopping.countDown();
        return runtime.vertx().executeBlocking(() -> {
            thread.join();
            return null;
        });
    }

    private void run() {
        try (var manager = Torch.newManager(devices().get(0))) {
            Torch.useThreads(config.get(ScorerSettings.THREADS));
            var releases = new RewardReleases(runtime, blobs, files, config.get(ScorerSettings.KEEP_RELEASES));
            var checkpoints = new Checkpoints(config.get(ScorerSettings.CHECKPOINTS));
            try (var learner = open(manager, releases, checkpoints);
                    var desk = new ReleaseDesk(config, data, measure, metrics, releases, manager)) {
                desk.load(files);
                train(learner, desk, checkpoints);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException e) {
            // the last checkpoint stays as it is: it holds weights that were good
            status = Health.Status.bad("training has stopped: " + e.getMessage());
            log.error("VP-Score's training has stopped; scoring goes on with the last release", e);
        }
    }

    private List<Device> devices() {
        return Devices.parse(config.get(ComputeSettings.DEVICE));
    }

    private Learner open(NDManager manager, RewardReleases releases, Checkpoints checkpoints) throws IOException {
        var checkpoint = checkpoints.newest();
        if (checkpoint.isPresent()) {
            var learner = learner(initial.create(manager));
            if (learner.fits(checkpoint.get())) {
                learner.restore(checkpoint.get());
                log.info("Training goes on from step {} with {} pairs", learner.steps(), data.trainPairs());
                return learner;
            }
            learner.close();
            log.warn("The checkpoint {} is of another network: training starts anew", checkpoint.get());
        }
        var release = releases.newest();
        if (release == null) {
            return learner(initial.create(manager));
        }
        log.info("No checkpoint: training goes on from reward release {}", release.getNumber());
        return learner(VpScore.load(files.unpack(release), manager));
    }

    private Learner learner(VpScore network) {
        return new Learner(network, config, measure, devices());
    }

    private void train(Learner learner, ReleaseDesk desk, Checkpoints checkpoints)
            throws IOException, InterruptedException {
        var gate = new Interval(config.get(ScorerSettings.GATE_EVERY), config.get(ScorerSettings.GATE_STEPS));
        var saving = new Interval(config.get(ScorerSettings.CHECKPOINT_EVERY), 1);
        gate.restart(learner.steps());
        saving.restart(learner.steps());
        while (stopping.getCount() > 0) {
            if (pace.allows(learner.drawn(), learner.batch(), data.trainPairs())) {
                rest(step(learner));
            } else {
                status = Health.Status.good("rests until there are more preferences");
                data.await(IDLE_MILLIS);
            }
            if (gate.isOver(learner.steps())) {
                consider(learner, desk);
                gate.restart(learner.steps());
            }
            if (saving.isOver(learner.steps())) {
                checkpoints.save(learner.steps(), learner::save);
                saving.restart(learner.steps());
            }
        }
        if (saving.hasSteps(learner.steps())) {
            checkpoints.save(learner.steps(), learner::save);
        }
    }

    private Duration step(Learner learner) throws IOException {
        long start = System.nanoTime();
        var loss = learner.step(data);
        var took = Duration.ofNanos(System.nanoTime() - start);
        loss.ifPresent(value -> metrics.step(took, value));
        status = Health.Status.good("is at step " + learner.steps());
        return took;
    }

    private void rest(Duration worked) throws InterruptedException {
        stopping.await(pace.rest(worked).toNanos(), TimeUnit.NANOSECONDS);
    }

    /** A release that cannot be published now is tried again with the next weights. */
    private void consider(Learner learner, ReleaseDesk desk) throws InterruptedException {
        try {
            desk.consider(learner);
        } catch (IOException e) {
            log.warn("Step {} could not be released", learner.steps(), e);
        }
    }
}
