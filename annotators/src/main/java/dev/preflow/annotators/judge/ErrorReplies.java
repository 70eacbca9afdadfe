package dev.preflow.annotators.judge;

import dev.preflow.stream.RetryAfter;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Makes errors that people understand of the statuses that an endpoint answers. */
final class ErrorReplies {

    private static final int MAX_DETAIL = 500;

    private final JudgeOptions options;

    ErrorReplies(JudgeOptions options) {
        this.options = options;
    }

    /** The error of a status that is not 200, or the reply where it is a content filter in disguise. */
    JudgeException of(int status, @Nullable String retryAfter, Buffer body) {
        var error = error(body);
        var said = " (it said: " + detail(error, body) + ")";
        var from = "The judge at " + options.endpoint() + " ";
        switch (status) {
            case 401, 403:
                return JudgeException.outage(
                        "judge-unauthorized",
                        from + "answered " + status + ": the API key is missing, wrong or has no access to model "
                                + options.model() + said);
            case 402:
                return JudgeException.outage(
                        "judge-quota", from + "answered 402: the account's budget is used up" + said);
            case 404:
                return JudgeException.outage(
                        "judge-not-found",
                        from + "answered 404: there is no such path, or no model " + options.model()
                                + "; check the base URL and the model's name" + said);
            case 429:
                if ("insufficient_quota".equals(code(error))) {
                    return JudgeException.outage(
                            "judge-quota", from + "answered 429: the account's budget is used up" + said);
                }
                return JudgeException.retriable(
                        "judge-busy",
                        from + "answered 429: too many requests" + said,
                        RetryAfter.parse(retryAfter, Instant.now()).orElse(null));
            default:
                return status == 408 || status == 409 || status >= 500
                        ? JudgeException.retriable(
                                "judge-failed",
                                from + "answered " + status + said,
                                RetryAfter.parse(retryAfter, Instant.now()).orElse(null))
                        : JudgeException.fatal("judge-rejected", from + "rejected the request with " + status + said);
        }
    }

    /** Whether a 400 is a content filter that looked at the request (as Azure's does): a refusal, not a mistake of ours. */
    boolean isRefusal(int status, Buffer body) {
        return status == 400 && "content_filter".equals(code(error(body)));
    }

    private static JsonObject error(Buffer body) {
        try {
            return new JsonObject(body).getValue("error") instanceof JsonObject error ? error : new JsonObject();
        } catch (DecodeException | ClassCastException e) {
            // an error page need not be JSON; its text is shown instead
            return new JsonObject();
        }
    }

    private static @Nullable String code(JsonObject error) {
        return error.getValue("code") instanceof String code ? code : null;
    }

    private String detail(JsonObject error, Buffer body) {
        var text = error.getValue("message") instanceof String message ? message : body.toString();
        // some endpoints repeat the key that they do not like
        var safe =
                options.apiKey() == null ? text : text.replace(options.apiKey().reveal(), "[hidden]");
        var line = safe.replaceAll("\\s+", " ").strip();
        if (line.isEmpty()) {
            return "nothing";
        }
        return line.length() > MAX_DETAIL ? line.substring(0, MAX_DETAIL) + "…" : line;
    }
}
