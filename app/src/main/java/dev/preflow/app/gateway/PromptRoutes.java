package dev.preflow.app.gateway;

import dev.preflow.app.book.PromptState;
import dev.preflow.app.book.PromptView;
import dev.preflow.schemas.Prompt;
import io.vertx.core.Future;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Prompts in, and what became of them. */
final class PromptRoutes {

    private static final int ACCEPTED = 202;
    private static final int NOT_FOUND = 404;
    private static final int SERVICE_UNAVAILABLE = 503;
    private static final int CONFLICT = 409;
    private static final int UNSUPPORTED_MEDIA_TYPE = 415;
    private static final int DEFAULT_LIMIT = 50;
    private static final int MAX_LIMIT = 500;

    private final GatewayServices services;
    private final PromptRequest request;

    PromptRoutes(GatewayServices services, GatewayOptions options) {
        this.services = services;
        this.request = new PromptRequest(options);
    }

    void mount(Router router) {
        router.post("/v1/prompts").handler(this::push);
        router.get("/v1/prompts").handler(this::recent);
        router.get("/v1/prompts/:id").handler(this::find);
    }

    /**
     * What a client is told of a prompt that was taken.
     *
     * @param id its id
     * @param state how far it has come
     * @param location where to look it up
     */
    record Accepted(String id, PromptState state, String location) {}

    private void push(RoutingContext context) {
        // A page of another origin cannot send this type without asking first, and nobody answers that it may.
        var type = context.request().getHeader("Content-Type");
        if (type == null || !type.toLowerCase(Locale.ROOT).startsWith("application/json")) {
            Problem.send(context, UNSUPPORTED_MEDIA_TYPE, "Send the prompt as application/json");
            return;
        }
        var body = context.body().buffer();
        var parsed = request.parse(body == null ? new byte[0] : body.getBytes());
        for (var prompt : parsed.prompts()) {
            var known = services.book().find(prompt.getId());
            if (known.isPresent() && !known.get().text().equals(prompt.getText())) {
                throw new BadRequestException(
                        CONFLICT, "Another prompt has the id " + prompt.getId() + ": choose another id, or none");
            }
        }
        Future.all(parsed.prompts().stream().map(this::publish).toList())
                .onSuccess(done -> accepted(context, parsed))
                .onFailure(context::fail);
    }

    /** A prompt that is sent again with its id is the same prompt: it is not drawn twice. */
    private Future<?> publish(Prompt prompt) {
        if (services.book().find(prompt.getId()).isPresent()) {
            return Future.succeededFuture();
        }
        return services.publisher()
                .publish(services.topics().prompts(), prompt.getId(), prompt)
                .onSuccess(done -> services.book().add(prompt));
    }

    private void accepted(RoutingContext context, PromptRequest.Parsed parsed) {
        List<Accepted> accepted = parsed.prompts().stream().map(this::accepted).toList();
        if (parsed.batch()) {
            Json.send(context.response(), ACCEPTED, accepted);
        } else {
            context.response().putHeader("Location", accepted.get(0).location());
            Json.send(context.response(), ACCEPTED, accepted.get(0));
        }
    }

    private Accepted accepted(Prompt prompt) {
        var state = services.book().find(prompt.getId()).map(PromptView::state).orElse(PromptState.QUEUED);
        return new Accepted(prompt.getId(), state, "/v1/prompts/" + prompt.getId());
    }

    private void find(RoutingContext context) {
        services.book()
                .find(context.pathParam("id"))
                .ifPresentOrElse(view -> Json.send(context.response(), 200, view), () -> unknown(context));
    }

    private void unknown(RoutingContext context) {
        if (services.status().isCaughtUp()) {
            Problem.send(
                    context, NOT_FOUND, "No prompt of this id is known; the oldest are let go when there are many");
        } else {
            context.response().putHeader("Retry-After", "1");
            Problem.send(
                    context, SERVICE_UNAVAILABLE, "No prompt of this id is known yet: the topics are still being read");
        }
    }

    private void recent(RoutingContext context) {
        var query = new Query(context);
        int limit = query.integer("limit", DEFAULT_LIMIT, 1, MAX_LIMIT);
        var label = query.text("state");
        Predicate<PromptState> states =
                label == null ? state -> true : state -> state.label().equals(label);
        if (label != null && Arrays.stream(PromptState.values()).noneMatch(states)) {
            throw new BadRequestException("The parameter state must be one of "
                    + Arrays.stream(PromptState.values())
                            .map(PromptState::label)
                            .collect(Collectors.joining(", ")));
        }
        Json.send(context.response(), 200, services.book().recent(limit, states));
    }
}
