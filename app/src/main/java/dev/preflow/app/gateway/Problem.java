package dev.preflow.app.gateway;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.ext.web.RoutingContext;

/**
 * An error for the client, in the form of RFC 9457.
 *
 * @param type always "about:blank": the status says what kind of problem it is
 * @param title the status in words
 * @param status the status
 * @param detail what is wrong with this request, and how to mend it
 */
record Problem(String type, String title, int status, String detail) {

    static void send(RoutingContext context, int status, String detail) {
        var title = HttpResponseStatus.valueOf(status).reasonPhrase();
        var response = context.response();
        if (response.headWritten()) {
            response.reset();
            return;
        }
        response.setStatusCode(status)
                .putHeader("Content-Type", "application/problem+json")
                .putHeader("Cache-Control", "no-store")
                .end(Json.write(new Problem("about:blank", title, status, detail)));
    }
}
