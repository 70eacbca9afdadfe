package dev.preflow.annotators;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/** A chat-completions endpoint over real HTTP that answers as a test says, and remembers what it was asked. */
public final class ScriptedEndpoint implements AutoCloseable {

    private final HttpServer server;
    private final List<JsonObject> requests = new CopyOnWriteArrayList<>();
    private final List<String> authorizations = new CopyOnWriteArrayList<>();
    private final AtomicInteger calls = new AtomicInteger();
    private volatile BiConsumer<Integer, HttpServerRequest> script;

    /** Answers every request in the same way. */
    public static ScriptedEndpoint answering(Vertx vertx, Handler<HttpServerRequest> answer) {
        return new ScriptedEndpoint(vertx, (call, request) -> answer.handle(request));
    }

    /** Answers by the number of the call, from 0. */
    public ScriptedEndpoint(Vertx vertx, BiConsumer<Integer, HttpServerRequest> script) {
        this.script = script;
        this.server = vertx.createHttpServer()
                .requestHandler(request -> request.body().onSuccess(body -> answer(request, body)))
                .listen(0, "127.0.0.1")
                .await();
    }

    private void answer(HttpServerRequest request, Buffer body) {
        authorizations.add(String.valueOf(request.getHeader("Authorization")));
        requests.add(body.toJsonObject());
        script.accept(calls.getAndIncrement(), request);
    }

    /** Changes the answers. */
    public void script(BiConsumer<Integer, HttpServerRequest> next) {
        script = next;
    }

    /** Every request so far. */
    public List<JsonObject> requests() {
        return requests;
    }

    /** The authorization of every request so far. */
    public List<String> authorizations() {
        return authorizations;
    }

    /** Its base URL. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + server.actualPort() + "/v1");
    }

    /** A completion with the given words. */
    public static Handler<HttpServerRequest> saying(String content) {
        return completion(new JsonObject().put("role", "assistant").put("content", content), "stop");
    }

    /** A completion. */
    public static Handler<HttpServerRequest> completion(JsonObject message, String finishReason) {
        return request -> request.response()
                .putHeader("Content-Type", "application/json")
                .end(new JsonObject()
                        .put("model", "judge-2026")
                        .put(
                                "choices",
                                new JsonArray()
                                        .add(new JsonObject()
                                                .put("index", 0)
                                                .put("message", message)
                                                .put("finish_reason", finishReason)))
                        .put("usage", new JsonObject().put("prompt_tokens", 900).put("completion_tokens", 60))
                        .encode());
    }

    /** An error. */
    public static Handler<HttpServerRequest> failing(int status, String body) {
        return request -> request.response().setStatusCode(status).end(body);
    }

    @Override
    public void close() {
        server.close().await();
    }
}
