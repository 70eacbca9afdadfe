package dev.preflow.demo.endpoint;

import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** A request that is answered with an error, in OpenAI's form. */
final class ApiException extends RuntimeException {
    private final int status;
    private final String type;
    private final @Nullable String code;

    private ApiException(int status, String type, @Nullable String code, String message) {
        super(message);
        this.status = status;
        this.type = type;
        this.code = code;
    }

    static ApiException badRequest(String code, String message) {
        return new ApiException(400, "invalid_request_error", code, message);
    }

    static ApiException of(int status, String message) {
        String type = status == 429 ? "requests" : status >= 500 ? "server_error" : "invalid_request_error";
        String code = status == 429 ? "rate_limit_exceeded" : null;
        return new ApiException(status, type, code, message);
    }

    static ApiException unknownModel(String model) {
        return new ApiException(
                404,
                "invalid_request_error",
                "model_not_found",
                "The model '" + model + "' does not exist here; ask for '" + JudgeServer.MODEL + "'.");
    }

    int status() {
        return status;
    }

    JsonObject body() {
        return new JsonObject()
                .put(
                        "error",
                        new JsonObject()
                                .put("message", getMessage())
                                .put("type", type)
                                .putNull("param")
                                .put("code", code));
    }
}
