package dev.preflow.app.gateway;

import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;

/** Headers on every answer: nothing but our own files is loaded, no other site frames or reads us, no type is guessed. */
final class SecurityHeaders implements Handler<RoutingContext> {

    private static final String CONTENT_POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
                    + "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    @Override
    public void handle(RoutingContext context) {
        context.response()
                .putHeader("Content-Security-Policy", CONTENT_POLICY)
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Referrer-Policy", "no-referrer")
                .putHeader("Cross-Origin-Resource-Policy", "same-origin")
                .putHeader("Cross-Origin-Opener-Policy", "same-origin")
                .putHeader("X-Frame-Options", "DENY");
        context.next();
    }
}
