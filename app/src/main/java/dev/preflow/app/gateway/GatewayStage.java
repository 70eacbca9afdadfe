package dev.preflow.app.gateway;

import dev.preflow.app.book.PromptBook;
import dev.preflow.app.feed.ScoreFeed;
import dev.preflow.app.feed.Scored;
import dev.preflow.app.feed.TopicScoreHistory;
import dev.preflow.app.status.EvalHistory;
import dev.preflow.app.status.StatusBoard;
import dev.preflow.schemas.TopicSpec;
import dev.preflow.stream.Delivery;
import dev.preflow.stream.StageRuntime;
import dev.preflow.stream.TopicReader;
import dev.preflow.stream.TopicStart;
import dev.preflow.stream.blob.BlobStore;
import dev.preflow.stream.config.Config;
import dev.preflow.stream.observe.Health;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * The gateway with what feeds it: it reads every topic from its beginning, so that after a restart every prompt can be looked
 * up and every count goes on, and then follows. It answers from the first moment and is ready when it has caught up.
 */
public final class GatewayStage {

    private final StageRuntime runtime;
    private final PromptBook book;
    private final ScoreFeed scores;
    private final StatusBoard status;
    private final AtomicReference<@Nullable Gateway> gateway = new AtomicReference<>();
    private final List<TopicReader<?>> readers = new ArrayList<>();

    private GatewayStage(StageRuntime runtime, Config config, EvalHistory evaluations) {
        this.runtime = runtime;
        this.book = new PromptBook(config.get(GatewaySettings.PROMPTS_HELD));
        this.scores = new ScoreFeed(config.get(GatewaySettings.SCORES_HELD));
        this.status = new StatusBoard(book, evaluations);
    }

    /**
     * Starts listening and reading.
     *
     * @param runtime what the stages of this process share
     * @param config has {@link GatewaySettings} and the producers' settings
     * @param blobs the pixels
     * @param metrics what Prometheus scrapes
     * @param evaluations the policy's curves; whoever evaluates adds to them
     * @return the running gateway; fails when its port is taken
     */
    public static Future<GatewayStage> start(
            StageRuntime runtime,
            Config config,
            BlobStore blobs,
            PrometheusMeterRegistry metrics,
            EvalHistory evaluations) {
        var stage = new GatewayStage(runtime, config, evaluations);
        var services = new GatewayServices(
                runtime.topics(),
                runtime.publisher(),
                stage.book,
                stage.scores,
                new TopicScoreHistory(runtime.kafka(), runtime.topics().scores()),
                blobs,
                stage.status,
                runtime.health(),
                metrics);
        return Gateway.start(runtime.vertx(), GatewaySettings.options(config), services)
                .map(stage::follow);
    }

    /**
     * Where a browser on this machine finds it.
     *
     * @return an http URL
     */
    public String url() {
        return running().url();
    }

    /**
     * How the whole is doing, as {@code /v1/status} tells.
     *
     * @return the board
     */
    public StatusBoard status() {
        return status;
    }

    /**
     * What became of each prompt.
     *
     * @return the book
     */
    public PromptBook book() {
        return book;
    }

    /**
     * Stops listening and reading.
     *
     * @return completes when both have stopped
     */
    public Future<Void> stop() {
        return running().close().compose(closed -> runtime.vertx().executeBlocking(this::closeReaders));
    }

    private @Nullable Void closeReaders() {
        readers.forEach(TopicReader::close);
        return null;
    }

    private GatewayStage follow(Gateway started) {
        gateway.set(started);
        runtime.health()
                .ready(
                        "gateway",
                        () -> status.isCaughtUp()
                                ? Health.Status.good("has read the topics")
                                : Health.Status.bad("is still reading the topics"));
        var topics = runtime.topics();
        read("prompts", topics.prompts(), prompt -> book.add(prompt.record()));
        read("images", topics.images(), image -> book.add(image.record()));
        read("groups", topics.groups(), group -> book.add(group.record()));
        read("annotations", topics.annotations(), annotation -> {
            book.add(annotation.record());
            started.judged(annotation.record());
        });
        read("preferences", topics.preferences(), preference -> {});
        read("scores", topics.scores(), score -> {
            book.add(score.record());
            scores.add(new Scored(score.partition(), score.offset(), score.record()));
        });
        read("rollouts", topics.rollouts(), rollout -> {});
        read("releases", topics.releases(), release -> status.add(release.record()));
        read("deadLetters", topics.deadLetters(), letter -> book.add(letter.record()));
        Future.all(readers.stream().map(TopicReader::caughtUp).toList()).onSuccess(done -> status.caughtUp());
        return this;
    }

    private <T extends SpecificRecord> void read(String name, TopicSpec<T> topic, Consumer<Delivery<T>> handler) {
        readers.add(TopicReader.start(runtime.kafka(), topic, TopicStart.beginning(), delivery -> {
            status.count(name);
            handler.accept(delivery);
        }));
    }

    private Gateway running() {
        var started = gateway.get();
        if (started == null) {
            throw new IllegalStateException("The gateway has not started");
        }
        return started;
    }
}
