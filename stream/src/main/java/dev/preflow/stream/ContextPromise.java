package dev.preflow.stream;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;

/**
 * A promise that other threads complete and whose future answers on the Vert.x context of the one who asked, when there is
 * one: what follows never runs on Kafka's or a worker's thread.
 */
final class ContextPromise<T> {

    private final @Nullable Context context = Vertx.currentContext();
    private final Promise<T> promise = Promise.promise();

    Future<T> future() {
        return promise.future();
    }

    void complete(T value) {
        run(() -> promise.tryComplete(value));
    }

    void fail(Throwable cause) {
        run(() -> promise.tryFail(cause));
    }

    private void run(Runnable completion) {
        if (context == null) {
            completion.run();
        } else {
            context.runOnContext(ignored -> completion.run());
        }
    }
}
