package dev.preflow.app.gateway;

import dev.preflow.app.book.RatingView;
import dev.preflow.app.feed.ScoreCursor;
import dev.preflow.app.feed.ScoreFilter;
import dev.preflow.schemas.Annotation;
import dev.preflow.schemas.Image;
import dev.preflow.schemas.Purpose;
import dev.preflow.schemas.Rollouts;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The stream of scores as server-sent events. */
final class ScoreRoutes {

    private static final int RETRY_MILLIS = 2_000;
    private static final int MAX_RECENT = 200;
    private static final int SERVICE_UNAVAILABLE = 503;

    private final Vertx vertx;
    private final GatewayServices services;
    private final int maxSubscribers;
    private final Set<ScoreSubscriber> subscribers = ConcurrentHashMap.newKeySet();

    ScoreRoutes(Vertx vertx, GatewayServices services, GatewayOptions options) {
        this.vertx = vertx;
        this.services = services;
        this.maxSubscribers = options.maxSubscribers();
    }

    void mount(Router router) {
        router.get("/v1/scores").handler(this::subscribe);
    }

    /**
     * What subscribers are told when a prompt has been judged.
     *
     * @param promptId the prompt
     * @param ratings the ratings by image id
     */
    record Judged(String promptId, Map<String, List<RatingView>> ratings) {}

    /** Tells the subscribers of a new annotation. Called on any thread. */
    void judged(Annotation annotation) {
        if (subscribers.isEmpty() || Rollouts.are(annotation.getImages())) {
            return;
        }
        var promptId = annotation.getPromptId();
        var ratings = annotation.getImages().stream()
                .map(Image::getId)
                .collect(Collectors.toMap(
                        Function.identity(), id -> services.book().ratings(promptId, id), (a, b) -> a));
        var data = Json.write(new Judged(promptId, ratings));
        for (var subscriber : subscribers) {
            var filter = subscriber.filter();
            if (filter.purpose() != Purpose.ROLLOUT
                    && (filter.promptId() == null || filter.promptId().equals(promptId))) {
                subscriber.context().runOnContext(ignored -> subscriber.aside("judged", data));
            }
        }
    }

    private void subscribe(RoutingContext context) {
        var query = new Query(context);
        var filter = new ScoreFilter(
                query.number("min_score"), query.text("generator"), query.text("prompt_id"), query.purpose("purpose"));
        int recent = query.integer("recent", 0, 0, MAX_RECENT);
        var lastId = context.request().getHeader("Last-Event-ID");
        var resumeFrom = lastId == null ? null : cursor(lastId);
        if (subscribers.size() >= maxSubscribers) {
            context.response().putHeader("Retry-After", "10");
            Problem.send(context, SERVICE_UNAVAILABLE, "There are as many score streams as the gateway takes");
            return;
        }
        var response = context.response()
                .setChunked(true)
                .putHeader("Content-Type", "text/event-stream")
                .putHeader("Cache-Control", "no-store")
                .putHeader("X-Accel-Buffering", "no");
        response.write("retry: " + RETRY_MILLIS + "\n\n");
        var subscriber = new ScoreSubscriber(vertx, response, services, filter, subscribers::remove);
        subscribers.add(subscriber);
        response.closeHandler(closed -> subscriber.close());
        if (resumeFrom == null || isOfAnotherTopic(resumeFrom)) {
            subscriber.start(recent);
        } else {
            subscriber.resume(resumeFrom);
        }
    }

    /** Ahead of all that there is: the topic has been made anew since, and what is on it now would be taken for known. */
    private boolean isOfAnotherTopic(ScoreCursor cursor) {
        return services.status().isCaughtUp() && !services.scores().head().reached(cursor);
    }

    private static ScoreCursor cursor(String id) {
        try {
            return ScoreCursor.parse(id);
        } catch (IllegalArgumentException e) {
            throw new BadRequestException(e.getMessage());
        }
    }
}
