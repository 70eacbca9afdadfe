package dev.preflow.app.gateway;

import dev.preflow.schemas.Annotation;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.HttpException;
import io.vertx.ext.web.handler.StaticHandler;
import java.io.IOException;
import java.io.InputStream;
import java.net.UnknownHostException;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP server: prompts in; states, images, the stream of scores, health, metrics and the page out. */
public final class Gateway {

    private static final Logger log = LoggerFactory.getLogger(Gateway.class);
    private static final String OPEN_API = "/openapi.json";
    private static final int MAX_HEADER_BYTES = 16 * 1024;
    private static final int IDLE_SECONDS = 120;
    private static final int NOT_FOUND = 404;
    private static final int METHOD_NOT_ALLOWED = 405;
    private static final int PAYLOAD_TOO_LARGE = 413;
    private static final int INTERNAL_ERROR = 500;
    private static final int SERVICE_UNAVAILABLE = 503;

    private final HttpServer server;
    private final ScoreRoutes scores;
    private final String host;

    private Gateway(HttpServer server, ScoreRoutes scores, String host) {
        this.server = server;
        this.scores = scores;
        this.host = host;
    }

    /**
     * Starts listening.
     *
     * @param vertx runs it
     * @param options how it listens and what it takes
     * @param services what it shows
     * @return the listening gateway; fails when the port is taken
     */
    public static Future<Gateway> start(Vertx vertx, GatewayOptions options, GatewayServices services) {
        var scores = new ScoreRoutes(vertx, services, options);
        Router router;
        try {
            router = router(vertx, options, services, scores);
        } catch (UnknownHostException e) {
            return Future.failedFuture(
                    new IOException("gateway.host is " + options.host() + ", which is no address of this machine", e));
        } catch (IOException e) {
            return Future.failedFuture(e);
        }
        var http = new HttpServerOptions()
                .setMaxHeaderSize(MAX_HEADER_BYTES)
                .setIdleTimeout(IDLE_SECONDS)
                .setCompressionSupported(false);
        return vertx.createHttpServer(http)
                .requestHandler(router)
                .listen(options.port(), options.host())
                .map(server -> new Gateway(server, scores, options.host()))
                .recover(e -> Future.failedFuture(new IOException(
                        "The gateway cannot listen on %s port %d: %s"
                                .formatted(options.host(), options.port(), e.getMessage()),
                        e)));
    }

    /**
     * The port it listens on.
     *
     * @return the port
     */
    public int port() {
        return server.actualPort();
    }

    /**
     * Where a browser on this machine finds it.
     *
     * @return an http URL
     */
    public String url() {
        var name = host.startsWith("127.") || host.equals("0.0.0.0") || host.equals("::") ? "localhost" : host;
        return "http://" + (name.contains(":") ? "[" + name + "]" : name) + ":" + port();
    }

    /**
     * Tells the subscribers of the score stream that a prompt has been judged. Any thread.
     *
     * @param annotation what the annotator said
     */
    public void judged(Annotation annotation) {
        scores.judged(annotation);
    }

    /**
     * Stops listening and ends every stream.
     *
     * @return completes when it has stopped
     */
    public Future<Void> close() {
        return server.close();
    }

    static Router router(Vertx vertx, GatewayOptions options, GatewayServices services, ScoreRoutes scores)
            throws IOException {
        var router = Router.router(vertx);
        router.route()
                .handler(new RequestMetrics(services.metrics()))
                .handler(new SecurityHeaders())
                .handler(new HostGuard(options.host()));
        router.post("/v1/prompts").handler(BodyHandler.create(false).setBodyLimit(options.maxBodyBytes()));
        new PromptRoutes(services, options).mount(router);
        scores.mount(router);
        new ImageRoutes(services.blobs()).mount(router);
        new OperationsRoutes(services, resource(OPEN_API)).mount(router);
        router.get("/*")
                .handler(StaticHandler.create("web")
                        .setIndexPage("index.html")
                        .setDirectoryListing(false)
                        .setCachingEnabled(false));
        router.errorHandler(NOT_FOUND, context -> Problem.send(context, NOT_FOUND, "There is nothing at this path"));
        router.errorHandler(
                METHOD_NOT_ALLOWED,
                context -> Problem.send(context, METHOD_NOT_ALLOWED, "This path does not take this method"));
        router.route().failureHandler(Gateway::failed);
        return router;
    }

    private static void failed(RoutingContext context) {
        var failure = context.failure();
        if (failure instanceof BadRequestException bad) {
            Problem.send(context, bad.status(), String.valueOf(bad.getMessage()));
        } else if (context.statusCode() == PAYLOAD_TOO_LARGE) {
            Problem.send(context, PAYLOAD_TOO_LARGE, "The body is too long: send fewer prompts at once");
        } else if (failure instanceof HttpException http) {
            Problem.send(context, http.getStatusCode(), "The request cannot be answered");
        } else if (failure instanceof KafkaException) {
            log.warn("Kafka did not take what {} asked for", context.request().path(), failure);
            Problem.send(context, SERVICE_UNAVAILABLE, "Kafka does not take prompts at the moment: try again");
        } else {
            log.error("Answering {} failed", context.request().path(), failure);
            Problem.send(context, INTERNAL_ERROR, "The gateway failed; its log says why");
        }
    }

    private static Buffer resource(String name) throws IOException {
        try (InputStream in = Gateway.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("The program is incomplete: it lacks its resource " + name);
            }
            return Buffer.buffer(in.readAllBytes());
        }
    }
}
