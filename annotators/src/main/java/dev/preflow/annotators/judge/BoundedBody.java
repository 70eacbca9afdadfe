package dev.preflow.annotators.judge;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;

/** Reads the body of a response up to a size; what is larger is not read to its end. */
final class BoundedBody {

    private final int limit;
    private final Buffer read = Buffer.buffer();
    private final Promise<Buffer> promise = Promise.promise();

    private BoundedBody(int limit) {
        this.limit = limit;
    }

    static Future<Buffer> read(HttpClientResponse response, int limit) {
        var body = new BoundedBody(limit);
        response.exceptionHandler(body.promise::tryFail);
        response.handler(chunk -> body.append(response, chunk));
        response.endHandler(end -> body.promise.tryComplete(body.read));
        return body.promise.future();
    }

    private void append(HttpClientResponse response, Buffer chunk) {
        if (read.length() + chunk.length() > limit) {
            promise.tryFail(JudgeException.retriable(
                    "judge-malformed", "The judge's answer is larger than " + limit + " bytes", (Throwable) null));
            response.request().reset();
            return;
        }
        read.appendBuffer(chunk);
    }
}
