package dev.preflow.demo.endpoint;

import dev.preflow.demo.judge.SceneJudge;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The scene judge behind OpenAI's {@code POST /v1/chat/completions}, {@code GET /v1/models} and {@code GET /health}. It is told nothing
 * but what a request holds, as a hosted multimodal model would be. Images are judged on worker threads.
 */
public final class JudgeServer {
    /** The model's name. */
    public static final String MODEL = "scene-judge";

    private static final Logger LOG = LoggerFactory.getLogger(JudgeServer.class);
    private static final int WORKER_LIMIT_SECONDS = 60;

    private final HttpServer http;
    private final WorkerExecutor workers;
    private final String host;

    private JudgeServer(HttpServer http, WorkerExecutor workers, String host) {
        this.http = http;
        this.workers = workers;
        this.host = host;
    }

    /** Starts to listen; fails when the port is taken. */
    public static Future<JudgeServer> start(Vertx vertx, JudgeServerOptions options) {
        WorkerExecutor workers = vertx.createSharedWorkerExecutor(
                MODEL + "-" + options.host() + ":" + options.port() + "-" + System.identityHashCode(options),
                options.threads(),
                WORKER_LIMIT_SECONDS,
                TimeUnit.SECONDS);
        Answerer answerer = new Answerer(
                new SceneJudge(),
                new ImageDecoder(options.limits().pixels()),
                new RatingNoise(options.ratingNoise(), options.seed()));
        CompletionHandler completions = new CompletionHandler(vertx, workers, options, answerer);
        return vertx.createHttpServer()
                .requestHandler(router(vertx, options, completions))
                .listen(options.port(), options.host())
                .map(http -> new JudgeServer(http, workers, options.host()))
                .onFailure(e -> workers.close());
    }

    private static Router router(Vertx vertx, JudgeServerOptions options, CompletionHandler completions) {
        Router router = Router.router(vertx);
        router.get("/health").handler(context -> context.json(new JsonObject().put("status", "ok")));
        router.get("/v1/models").handler(context -> context.json(models()));
        router.post("/v1/chat/completions")
                .handler(BodyHandler.create(false).setBodyLimit(options.limits().bodyBytes()))
                .handler(completions::handle);
        router.route().failureHandler(JudgeServer::fail);
        router.errorHandler(404, JudgeServer::fail);
        router.errorHandler(405, JudgeServer::fail);
        return router;
    }

    private static JsonObject models() {
        return new JsonObject()
                .put("object", "list")
                .put(
                        "data",
                        new JsonArray()
                                .add(new JsonObject()
                                        .put("id", MODEL)
                                        .put("object", "model")
                                        .put("created", 0)
                                        .put("owned_by", "preflow")));
    }

    private static void fail(RoutingContext context) {
        if (context.response().ended() || context.response().closed()) {
            return;
        }
        ApiException error = asApiException(context);
        context.response()
                .setStatusCode(error.status())
                .putHeader("Content-Type", "application/json")
                .end(error.body().toBuffer());
    }

    private static ApiException asApiException(RoutingContext context) {
        if (context.failure() instanceof ApiException known) {
            return known;
        }
        return switch (context.statusCode()) {
            case 413 -> ApiException.of(413, "The body is too large.");
            case 404, 405 ->
                ApiException.of(
                        context.statusCode(),
                        "There is no " + context.request().method() + " "
                                + context.request().path() + " here.");
            default -> {
                LOG.error("Cannot answer {}", context.request().path(), context.failure());
                yield ApiException.of(500, "The judge failed: " + context.failure());
            }
        };
    }

    /** The port that it listens on. */
    public int port() {
        return http.actualPort();
    }

    /** The base URL for OpenAI clients, such as {@code http://127.0.0.1:8081/v1}. */
    public URI baseUrl() {
        return URI.create("http://" + host + ":" + port() + "/v1");
    }

    /** Stops listening and releases the workers. */
    public Future<Void> close() {
        return http.close().eventually(workers::close);
    }
}
