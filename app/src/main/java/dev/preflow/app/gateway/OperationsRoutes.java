package dev.preflow.app.gateway;

import dev.preflow.stream.observe.Health;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;

/** What operators and their tools ask: health, metrics, status and the description of the interface. */
final class OperationsRoutes {

    private static final int OK = 200;
    private static final int SERVICE_UNAVAILABLE = 503;

    private final GatewayServices services;
    private final Buffer openApi;

    OperationsRoutes(GatewayServices services, Buffer openApi) {
        this.services = services;
        this.openApi = openApi;
    }

    void mount(Router router) {
        router.get("/health/live")
                .handler(context -> health(context, services.health().live()));
        router.get("/health/ready")
                .handler(context -> health(context, services.health().ready()));
        router.get("/metrics").handler(this::metrics);
        router.get("/v1/status")
                .handler(context ->
                        Json.send(context.response(), OK, services.status().view()));
        router.get("/openapi.json").handler(context -> context.response()
                .putHeader("Content-Type", "application/json")
                .end(openApi));
    }

    private static void health(RoutingContext context, Health.Report report) {
        var view = new HealthView(report.ok(), report.checks());
        Json.send(context.response(), report.ok() ? OK : SERVICE_UNAVAILABLE, view);
    }

    /**
     * What is told of the health.
     *
     * @param ok whether every check is well
     * @param checks what each said
     */
    record HealthView(boolean ok, Map<String, Health.Status> checks) {}

    private void metrics(RoutingContext context) {
        context.vertx()
                .executeBlocking(() -> services.metrics().scrape(), false)
                .onSuccess(text -> context.response()
                        .putHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                        .end(text))
                .onFailure(context::fail);
    }
}
