package dev.preflow.app.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.vertx.core.http.HttpServerResponse;

/** Writes views as JSON. */
final class Json {

    private static final ObjectWriter WRITER = new ObjectMapper().writer();

    private Json() {}

    static String write(Object view) {
        try {
            return WRITER.writeValueAsString(view);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A view does not turn into JSON: " + e.getOriginalMessage(), e);
        }
    }

    static void send(HttpServerResponse response, int status, Object view) {
        response.setStatusCode(status)
                .putHeader("Content-Type", "application/json")
                .putHeader("Cache-Control", "no-store")
                .end(write(view));
    }
}
