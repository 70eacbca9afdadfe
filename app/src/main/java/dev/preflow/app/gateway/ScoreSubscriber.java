package dev.preflow.app.gateway;

import dev.preflow.app.book.PromptBook;
import dev.preflow.app.feed.ScoreCursor;
import dev.preflow.app.feed.ScoreFeed;
import dev.preflow.app.feed.ScoreFilter;
import dev.preflow.app.feed.ScoreHistory;
import dev.preflow.app.feed.Scored;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream of server-sent events. It writes while the client reads and waits while it does not; a client that falls behind
 * what is in memory is served from the topic until it has caught up. Runs on one event loop.
 */
final class ScoreSubscriber {

    private static final Logger log = LoggerFactory.getLogger(ScoreSubscriber.class);
    private static final int BATCH = 64;
    private static final long HEARTBEAT_MILLIS = 15_000;

    private final Vertx vertx;
    private final Context context;
    private final HttpServerResponse response;
    private final ScoreFeed feed;
    private final ScoreHistory history;
    private final PromptBook book;
    private final ScoreFilter filter;
    private final Consumer<ScoreSubscriber> ended;
    private final long heartbeats;
    private final AtomicBoolean told = new AtomicBoolean();
    private final Runnable listener = this::wake;
    private ScoreCursor cursor = ScoreCursor.start();
    private long sequence;
    private boolean live;
    private boolean reading;
    private boolean closed;

    /**
     * @param ended hears of it once, when the stream is over, whoever ended it
     */
    ScoreSubscriber(
            Vertx vertx,
            HttpServerResponse response,
            GatewayServices services,
            ScoreFilter filter,
            Consumer<ScoreSubscriber> ended) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.response = response;
        this.feed = services.scores();
        this.history = services.history();
        this.book = services.book();
        this.filter = filter;
        this.ended = ended;
        this.heartbeats = vertx.setPeriodic(HEARTBEAT_MILLIS, ignored -> heartbeat());
    }

    /** Goes on from where the client was. */
    void resume(ScoreCursor from) {
        cursor = from;
        begin();
    }

    /** Starts with the newest scores. The last of them carries the id: what comes after it is what a resumed stream owes. */
    void start(int recent) {
        var newest = feed.recent(recent, filter);
        cursor = newest.cursor();
        sequence = newest.next();
        live = true;
        newest.scores().forEach(scored -> response.write(event(scored)));
        begin();
    }

    void close() {
        if (!closed) {
            closed = true;
            vertx.cancelTimer(heartbeats);
            feed.forget(listener);
            ended.accept(this);
        }
    }

    /** Tells how far the stream is, also while nothing passes the filter, and keeps proxies from closing it. */
    private void heartbeat() {
        if (!closed && !response.writeQueueFull()) {
            response.write("id: " + cursor + "\n\n");
        }
    }

    /** Sends something that resuming does not bring back, unless the client is behind. */
    void aside(String event, String data) {
        if (!closed && !response.writeQueueFull()) {
            response.write("event: " + event + "\ndata: " + data + "\n\n");
        }
    }

    ScoreFilter filter() {
        return filter;
    }

    Context context() {
        return context;
    }

    private void begin() {
        response.drainHandler(drained -> pump());
        heartbeat();
        feed.listen(listener);
        pump();
    }

    private void wake() {
        if (told.compareAndSet(false, true)) {
            context.runOnContext(ignored -> {
                told.set(false);
                pump();
            });
        }
    }

    private void pump() {
        while (!closed && !reading && !response.writeQueueFull()) {
            if (!live) {
                catchUp();
                continue;
            }
            var slice = feed.read(sequence, BATCH);
            if (slice.lost()) {
                live = false;
            } else if (slice.scores().isEmpty()) {
                return;
            } else {
                sequence = slice.next();
                slice.scores().forEach(this::offer);
            }
        }
    }

    private void catchUp() {
        var joined = feed.join(cursor);
        if (joined.isPresent()) {
            sequence = joined.getAsLong();
            live = true;
            return;
        }
        reading = true;
        var from = cursor;
        var until = feed.head();
        vertx.executeBlocking(() -> history.read(from, until, BATCH), false)
                .onSuccess(page -> {
                    reading = false;
                    page.scores().forEach(this::offer);
                    cursor = cursor.past(page.position());
                    pump();
                })
                .onFailure(e -> {
                    // The client reconnects with the id that it has, and nothing is lost.
                    log.warn("Reading older scores from {} failed; the stream is ended", from, e);
                    close();
                    response.end();
                });
    }

    private void offer(Scored scored) {
        if (closed || !cursor.before(scored)) {
            return;
        }
        cursor = cursor.past(scored);
        if (filter.test(scored.score())) {
            response.write("id: " + cursor + "\n" + event(scored));
        }
    }

    private String event(Scored scored) {
        return "event: score\ndata: " + Json.write(ScoreEvent.of(scored.score(), book)) + "\n\n";
    }
}
