package dev.preflow.annotators.judge;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Asks an OpenAI-compatible endpoint for a chat completion. One call of {@link #complete} is one HTTP request: whoever calls
 * decides about another attempt by {@link JudgeException#isRetriable}. Redirects are not followed. Thread-safe; never blocks.
 */
public final class JudgeClient implements AutoCloseable {

    private final Vertx vertx;
    private final JudgeOptions options;
    private final HttpClientAgent http;
    private final RequestLimiter limiter;
    private final ChatCodec codec;
    private final ErrorReplies errors;
    private final JudgeMetrics metrics;

    /**
     * A client with connections of its own.
     *
     * @param vertx runs the calls
     * @param options the endpoint and how it is asked
     * @param registry counts tokens and durations
     */
    public JudgeClient(Vertx vertx, JudgeOptions options, MeterRegistry registry) {
        this.vertx = vertx;
        this.options = options;
        int concurrency = options.limits().concurrency();
        this.http = vertx.createHttpClient(
                new HttpClientOptions()
                        .setConnectTimeout((int) options.connectTimeout().toMillis())
                        .setDecompressionSupported(true),
                new PoolOptions().setHttp1MaxSize(concurrency).setHttp2MaxSize(concurrency));
        this.limiter = new RequestLimiter(vertx, options.limits());
        this.codec = new ChatCodec(options);
        this.errors = new ErrorReplies(options);
        this.metrics = new JudgeMetrics(registry, options);
    }

    /**
     * Asks once, as soon as the limits allow.
     *
     * @param request what to ask
     * @return the reply, which may be a refusal; or a {@link JudgeException}
     */
    public Future<JudgeReply> complete(ChatRequest request) {
        return limiter.acquire().compose(turn -> {
            long start = System.nanoTime();
            return exchange(request, start)
                    .recover(failure -> Future.failedFuture(asJudgeException(failure)))
                    .onComplete(
                            reply -> {
                                metrics.replied(reply);
                                limiter.release(tokens(reply));
                            },
                            failure -> {
                                var cause = (JudgeException) failure;
                                metrics.failed(since(start), cause.reason());
                                cause.retryAfter().ifPresent(limiter::pause);
                                limiter.release(0);
                            });
        });
    }

    private Future<JudgeReply> exchange(ChatRequest chat, long start) {
        Promise<JudgeReply> promise = Promise.promise();
        var request = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setAbsoluteURI(options.endpoint().toString())
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .putHeader(HttpHeaders.ACCEPT, "application/json");
        if (options.apiKey() != null) {
            request.putHeader(
                    HttpHeaders.AUTHORIZATION, "Bearer " + options.apiKey().reveal());
        }
        var sent = http.request(request);
        // of the whole call: an endpoint that drips a byte now and then would never trip an idle timeout
        long timer = vertx.setTimer(Math.max(1, options.timeout().toMillis()), id -> {
            if (promise.tryFail(timeout())) {
                sent.onSuccess(HttpClientRequest::reset);
            }
        });
        // nested, so that the reader stands ready before the request leaves: the thread that asks may be slower than a
        // short reply
        sent.compose(call -> call.send(codec.encode(chat)).compose(response -> BoundedBody.read(
                                response, options.maxReplyBytes())
                        .map(bytes -> read(response.statusCode(), response.getHeader("Retry-After"), bytes, start))))
                .onComplete(promise::tryComplete, promise::tryFail);
        return promise.future().onComplete(done -> vertx.cancelTimer(timer));
    }

    private JudgeReply read(int status, @Nullable String retryAfter, Buffer body, long start) {
        if (status == 200) {
            return codec.decode(body, since(start));
        }
        if (errors.isRefusal(status, body)) {
            return new JudgeReply(
                    body.toString(), options.model(), JudgeReply.Outcome.REFUSED, null, null, since(start));
        }
        throw errors.of(status, retryAfter, body);
    }

    private JudgeException timeout() {
        return JudgeException.retriable(
                "judge-timeout",
                "The judge at " + options.endpoint() + " did not answer in full within " + options.timeout(),
                (Throwable) null);
    }

    private JudgeException asJudgeException(Throwable failure) {
        return failure instanceof JudgeException known
                ? known
                : JudgeException.retriable(
                        "judge-unreachable",
                        "The judge at " + options.endpoint() + " cannot be reached or broke off: "
                                + failure.getMessage(),
                        failure);
    }

    private static int tokens(JudgeReply reply) {
        int prompt = reply.promptTokens() == null ? 0 : reply.promptTokens();
        return reply.completionTokens() == null ? prompt : prompt + reply.completionTokens();
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /** Closes the connections; calls under way fail. */
    @Override
    public void close() {
        http.close();
    }
}
