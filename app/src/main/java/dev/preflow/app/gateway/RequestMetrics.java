package dev.preflow.app.gateway;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;

/** Times every request by method, route and status. The route is the pattern, never the path: ids are no tags. */
final class RequestMetrics implements Handler<RoutingContext> {

    private static final String NO_ROUTE = "none";

    private final MeterRegistry registry;

    RequestMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void handle(RoutingContext context) {
        var sample = Timer.start(registry);
        context.addEndHandler(ended -> {
            var route = context.currentRoute();
            sample.stop(Timer.builder("preflow.gateway.requests")
                    .description("HTTP requests answered")
                    .tag("method", context.request().method().name())
                    .tag("route", route == null || route.getPath() == null ? NO_ROUTE : route.getPath())
                    .tag("status", Integer.toString(context.response().getStatusCode()))
                    .register(registry));
        });
        context.next();
    }
}
