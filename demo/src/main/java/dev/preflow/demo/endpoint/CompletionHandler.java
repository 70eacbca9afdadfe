package dev.preflow.demo.endpoint;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Answers chat completions: counts what is in flight, deals out faults, holds the answer back for the latency. */
final class CompletionHandler {
    private static final int DRIP_BYTES = 64;
    private static final String BUSY = "Too many requests at once; try again later.";

    private final Vertx vertx;
    private final WorkerExecutor workers;
    private final JudgeServerOptions options;
    private final QuestionReader reader;
    private final Answerer answerer;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicLong requests = new AtomicLong();

    CompletionHandler(Vertx vertx, WorkerExecutor workers, JudgeServerOptions options, Answerer answerer) {
        this.vertx = vertx;
        this.workers = workers;
        this.options = options;
        this.reader = new QuestionReader(options.limits().images());
        this.answerer = answerer;
    }

    void handle(RoutingContext context) {
        // a sequence of its own for every request: what befalls one does not depend on how the others interleave
        SplittableRandom random =
                new SplittableRandom(options.seed() + 0x9E3779B97F4A7C15L * requests.getAndIncrement());
        Fault fault = options.faults().at(random.nextDouble());
        if (fault == Fault.RATE_LIMITED || inFlight.incrementAndGet() > options.concurrency()) {
            if (fault != Fault.RATE_LIMITED) {
                inFlight.decrementAndGet();
            }
            context.response()
                    .putHeader("Retry-After", Long.toString(options.retryAfter().toSeconds()));
            context.fail(ApiException.of(429, BUSY));
            return;
        }
        context.addEndHandler(ended -> inFlight.decrementAndGet());
        Buffer body = context.body().buffer();
        double sway = 1 + options.jitter() * random.nextDouble(-1, 1);
        long latency = Math.round(options.latency().toMillis() * sway);
        workers.executeBlocking(() -> answer(body, fault, random), false)
                .compose(answer -> latency > 0 ? vertx.timer(latency).map(answer) : Future.succeededFuture(answer))
                .onComplete(answer -> send(context, answer, fault), context::fail);
    }

    private Answer answer(Buffer body, Fault fault, SplittableRandom random) {
        Answer answer = answerer.answer(reader.read(body));
        return switch (fault) {
            case SERVER_ERROR -> throw ApiException.of(500, "The model is overloaded.");
            case REFUSAL ->
                Answer.refused("I'm sorry, but I can't help with that.", "content_filter", answer.promptTokens());
            case MALFORMED -> Malformed.of(answer, random);
            default -> answer;
        };
    }

    private void send(RoutingContext context, Answer answer, Fault fault) {
        HttpServerResponse response = context.response();
        if (response.closed()) {
            return;
        }
        Buffer body = answer.completion(System.currentTimeMillis() / 1000).toBuffer();
        response.putHeader("Content-Type", "application/json");
        if (fault == Fault.SLOW_DRIP) {
            response.putHeader("Content-Length", Integer.toString(body.length()));
            drip(response, body, 0);
        } else {
            response.end(body);
        }
    }

    private void drip(HttpServerResponse response, Buffer body, int from) {
        if (response.closed()) {
            return;
        }
        int to = Math.min(body.length(), from + DRIP_BYTES);
        if (to == body.length()) {
            response.end(body.slice(from, to));
            return;
        }
        response.write(body.slice(from, to));
        vertx.setTimer(Math.max(1, options.dripInterval().toMillis()), id -> drip(response, body, to));
    }
}
