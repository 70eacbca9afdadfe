package dev.preflow.annotators.judge;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * Lets calls through in the order in which they came: so many at once, so many per minute, and none while the endpoint asked
 * to be left alone. Thread-safe; never blocks.
 */
final class RequestLimiter {

    private final Vertx vertx;
    private final int concurrency;
    private final TokenBucket requests;
    private final TokenBucket tokens;
    private final Queue<Promise<Void>> waiting = new ArrayDeque<>();
    private int running;
    private long pausedUntil = System.nanoTime();
    private boolean timerSet;

    RequestLimiter(Vertx vertx, JudgeLimits limits) {
        this.vertx = vertx;
        this.concurrency = limits.concurrency();
        long now = System.nanoTime();
        // a burst as large as the concurrency may pass; what flows in afterwards is spaced out
        int burst = limits.requestsPerMinute() == 0 ? 1 : Math.min(limits.concurrency(), limits.requestsPerMinute());
        this.requests = new TokenBucket(limits.requestsPerMinute(), burst, now);
        this.tokens = new TokenBucket(limits.tokensPerMinute(), Math.max(1, limits.tokensPerMinute() / 6.0), now);
    }

    /** Completes when one more call may be made; each must be followed by {@link #release}. */
    Future<Void> acquire() {
        Promise<Void> turn = Promise.promise();
        synchronized (this) {
            waiting.add(turn);
        }
        letThrough();
        return turn.future();
    }

    /** Ends a call that used so many tokens. */
    void release(int usedTokens) {
        synchronized (this) {
            running--;
            tokens.take(usedTokens, System.nanoTime());
        }
        letThrough();
    }

    /** Lets nothing through for a while. */
    synchronized void pause(Duration duration) {
        long until = System.nanoTime() + duration.toNanos();
        if (until - pausedUntil > 0) {
            pausedUntil = until;
        }
    }

    private void letThrough() {
        List<Promise<Void>> turns = new ArrayList<>();
        synchronized (this) {
            while (!waiting.isEmpty() && running < concurrency) {
                long now = System.nanoTime();
                // the token bucket must only be out of debt: what the call will use is not known yet
                long wait =
                        Math.max(pausedUntil - now, Math.max(requests.nanosUntil(1, now), tokens.nanosUntil(0, now)));
                if (wait > 0) {
                    wakeAfter(wait);
                    break;
                }
                requests.take(1, now);
                running++;
                turns.add(waiting.remove());
            }
        }
        turns.forEach(Promise::complete);
    }

    private void wakeAfter(long nanos) {
        if (!timerSet) {
            timerSet = true;
            long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos) + 1);
            vertx.setTimer(millis, id -> {
                synchronized (this) {
                    timerSet = false;
                }
                letThrough();
            });
        }
    }
}
