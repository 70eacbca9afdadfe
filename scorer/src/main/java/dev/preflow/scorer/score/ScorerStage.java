package dev.preflow.scorer.score;

import ai.djl.ndarray.NDManager;
import dev.preflow.models.reward.VpScore;
import dev.preflow.models.tensor.Devices;
import dev.preflow.models.tensor.Torch;
import dev.preflow.schemas.Ids;
import dev.preflow.schemas.Image;
import dev.preflow.schemas.Purpose;
import dev.preflow.schemas.Release;
import dev.preflow.schemas.Rollout;
import dev.preflow.schemas.Score;
import dev.preflow.scorer.ScorerSettings;
import dev.preflow.scorer.pixels.PictureCache;
import dev.preflow.stream.Batcher;
import dev.preflow.stream.Delivery;
import dev.preflow.stream.RecentOutputs;
import dev.preflow.stream.RetriableException;
import dev.preflow.stream.Stage;
import dev.preflow.stream.StageOptions;
import dev.preflow.stream.StageRuntime;
import dev.preflow.stream.TopicReader;
import dev.preflow.stream.TopicStart;
import dev.preflow.stream.blob.ReleaseFiles;
import dev.preflow.stream.config.ComputeSettings;
import dev.preflow.stream.config.Config;
import dev.preflow.stream.observe.Health;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scores every image with the serving reward release, and hands rollout groups, scored by one release as a whole, to the
 * trainer. Before the first release it takes no image: its group's offset stays, and what was drawn meanwhile is scored then.
 *
 * <p>A group's rollouts are acknowledged before its scores are published. So an image whose score is on its topic is done with,
 * and a group of which some rollouts are there after a crash is not scored again by what may be another release: the trainer
 * uses what it has of it.
 */
public final class ScorerStage {

    private static final Logger log = LoggerFactory.getLogger(ScorerStage.class);
    private static final String NAME = "scorer";
    private static final Duration TAIL = Duration.ofMinutes(10);
    private static final int REMEMBERED = 100_000;
    private static final long EXPIRY_MILLIS = 500;

    private final StageRuntime runtime;
    private final Config config;
    private final PictureCache pictures;
    private final ReleaseFiles releases;
    private final ScorerMetrics metrics;
    private final NDManager manager;
    private final ServingModel serving;
    private final RolloutGroups groups;
    private final Batcher<List<Scorable>, Scored> worker;
    private final TopicReader<Rollout> published;
    private final ReleaseLoader loader;
    private final long expiry;
    private @Nullable Stage<Image> stage;
    private volatile boolean stopping;

    private ScorerStage(StageRuntime runtime, Config config, PictureCache pictures, ReleaseFiles releases) {
        this.runtime = runtime;
        this.config = config;
        this.pictures = pictures;
        this.releases = releases;
        manager = Torch.newManager(
                Devices.parse(config.get(ComputeSettings.DEVICE)).get(0));
        metrics = new ScorerMetrics(runtime.meters());
        serving = new ServingModel(config.get(ScorerSettings.THREADS));
        groups = new RolloutGroups(config.get(ScorerSettings.GROUP_WAIT), Clock.systemUTC(), this::scoreGroup);
        metrics.watch(groups);
        worker = new Batcher<>(
                "scorer",
                config.get(ScorerSettings.SCORE_BATCH),
                config.get(ScorerSettings.SCORE_LINGER),
                group -> "",
                serving::score);
        runtime.health().ready(NAME, () -> Health.Status.bad("waits for the first reward release"));
        published = TopicReader.start(
                runtime.kafka(),
                runtime.topics().rollouts(),
                TopicStart.since(Instant.now().minus(TAIL)),
                delivery -> remember(delivery.record()));
        expiry = runtime.vertx().setPeriodic(EXPIRY_MILLIS, timer -> groups.expire());
        loader = new ReleaseLoader(runtime, this::load);
    }

    /**
     * Starts scoring as soon as there is a reward release.
     *
     * @param runtime what the stages of this process share
     * @param config has {@link ScorerSettings}
     * @param pictures where pixels come from
     * @param releases where releases come from; its cache is the stage's own, which keeps the serving release only
     * @return the stage
     */
    public static ScorerStage start(StageRuntime runtime, Config config, PictureCache pictures, ReleaseFiles releases) {
        return new ScorerStage(runtime, config, pictures, releases);
    }

    /** On the loader's thread: it may block. */
    private void load(Release release) throws Exception {
        serving.replaceBy(new ServingModel.Loaded(release.getId(), VpScore.load(releases.unpack(release), manager)));
        releases.prune(List.of(release.getId()));
        metrics.serving(release.getNumber());
        log.info("Reward release {} ({}) serves from the next batch on", release.getNumber(), release.getId());
        published.caughtUp().onSuccess(ignored -> startStage());
    }

    private synchronized void startStage() {
        if (stage != null || stopping) {
            return;
        }
        var scores = RecentOutputs.of(
                runtime.kafka(),
                runtime.topics().scores(),
                (Score score) -> score.getImage().getId(),
                TAIL,
                REMEMBERED);
        stage = Stage.builder(NAME, runtime.topics().images(), this::handle)
                .options(StageOptions.inFlight(config.get(ScorerSettings.MAX_IN_FLIGHT)))
                .skipping(scores, Image::getId)
                .start(runtime);
    }

    private void remember(Rollout rollout) {
        var group = rollout.getImage().getRolloutGroup();
        if (group != null) {
            groups.close(group);
        }
    }

    private Future<Void> handle(Delivery<Image> delivery) {
        var image = delivery.record();
        return runtime.vertx()
                .executeBlocking(() -> pictures.get(image.getPixels().getSha256()), false)
                .compose(picture -> score(new Scorable(image, picture)));
    }

    private Future<Void> score(Scorable scorable) {
        // a group that began to gather now would hold up the end
        if (stopping) {
            return Future.failedFuture(new RetriableException("The scorer is stopping", null));
        }
        var group = scorable.image().getRolloutGroup();
        if (scorable.image().getPurpose() != Purpose.ROLLOUT || group == null) {
            return scoreAlone(scorable);
        }
        if (groups.isClosed(group)) {
            metrics.late();
            return scoreAlone(scorable);
        }
        return groups.add(scorable);
    }

    private Future<Void> scoreAlone(Scorable scorable) {
        return worker.submit(List.of(scorable)).compose(scored -> publishScores(List.of(scorable), scored));
    }

    private void scoreGroup(RolloutGroup group) {
        var images = group.images();
        metrics.group(images.size(), images.get(0).image().getGroupSize());
        worker.submit(images)
                .compose(scored -> publishRollouts(images, scored).compose(done -> publishScores(images, scored)))
                .onFailure(failure -> {
                    // its images will be tried again, and gather anew
                    groups.reopen(group.id());
                    group.scored().fail(failure);
                })
                .onSuccess(done -> group.scored().complete());
    }

    /** A single image has nothing to be compared with: it is no rollout. */
    private Future<Void> publishRollouts(List<Scorable> images, Scored scored) {
        if (images.size() < 2) {
            return Future.succeededFuture();
        }
        var now = now();
        var acknowledgements = new ArrayList<Future<Void>>();
        for (int i = 0; i < images.size(); i++) {
            var image = images.get(i).image();
            var id = Ids.rolloutId(image.getId(), scored.release());
            var rollout = new Rollout(id, image, scored.values()[i], scored.release(), now);
            acknowledgements.add(
                    runtime.publisher().publish(runtime.topics().rollouts(), image.getPromptId(), rollout));
        }
        return Future.all(acknowledgements).mapEmpty();
    }

    private Future<Void> publishScores(List<Scorable> images, Scored scored) {
        var now = now();
        var acknowledgements = new ArrayList<Future<Void>>();
        for (int i = 0; i < images.size(); i++) {
            var image = images.get(i).image();
            var id = Ids.scoreId(image.getId(), scored.release());
            var score = new Score(id, image, scored.values()[i], scored.release(), now);
            acknowledgements.add(runtime.publisher().publish(runtime.topics().scores(), image.getPromptId(), score));
            metrics.scored(image.getPurpose());
        }
        return Future.all(acknowledgements).mapEmpty();
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }

    /**
     * Stops: what is being scored is published; groups that still wait for images are let go, to be delivered again.
     *
     * @return completes when all of that is over
     */
    public Future<Void> stop() {
        stopping = true;
        runtime.vertx().cancelTimer(expiry);
        Stage<Image> running;
        synchronized (this) {
            running = stage;
        }
        var stopped = running == null ? Future.<Void>succeededFuture() : running.stop();
        groups.abandon(new RetriableException("The scorer is stopping", null));
        return stopped.eventually(() -> runtime.vertx().executeBlocking(() -> {
            loader.close();
            published.close();
            worker.close();
            serving.close();
            manager.close();
            return null;
        }));
    }
}
