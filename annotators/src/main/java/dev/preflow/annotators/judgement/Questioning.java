package dev.preflow.annotators.judgement;

import dev.preflow.annotators.judge.ChatRequest;
import dev.preflow.annotators.judge.JudgeClient;
import dev.preflow.annotators.judge.JudgeException;
import dev.preflow.annotators.judge.JudgeReply;
import dev.preflow.annotators.reply.ParsedReply;
import dev.preflow.annotators.reply.Refusals;
import dev.preflow.annotators.reply.ReplyParser;
import dev.preflow.annotators.rubric.RubricPrompt;
import dev.preflow.schemas.Aspect;
import dev.preflow.schemas.JudgeCall;
import dev.preflow.schemas.Rating;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One question to the judge about one group. A reply that cannot be used in full is answered with what was wrong with it, a
 * bounded number of times; of all replies the one with the most ratings counts, whole, for ratings of different replies are not comparable.
 */
final class Questioning {

    private static final List<String> CUT_OFF = List.of("it was cut off because it grew too long");

    private final JudgeClient client;
    private final ReplyParser parser;
    private final RubricPrompt prompt;
    private final Presentation shown;
    private final int maxAsks;
    private final List<JudgeCall> calls = new ArrayList<>();
    private List<Rating> best = List.of();
    private @Nullable String model;

    Questioning(JudgeClient client, ReplyParser parser, RubricPrompt prompt, Presentation shown, int maxAsks) {
        this.client = client;
        this.parser = parser;
        this.prompt = prompt;
        this.shown = shown;
        this.maxAsks = maxAsks;
    }

    /** Asks, and asks again; fails with a {@link JudgeException} that is retriable, when the endpoint gave no reply. */
    Future<CallOutcome> ask(String promptText) {
        return ask(prompt.request(promptText, shown.pictures()), 1);
    }

    private Future<CallOutcome> ask(ChatRequest request, int ask) {
        return client.complete(request)
                .compose(reply -> judge(request, reply, ask))
                .recover(failure -> given(failure, ask));
    }

    private Future<CallOutcome> judge(ChatRequest request, JudgeReply reply, int ask) {
        model = reply.model();
        if (reply.outcome() == JudgeReply.Outcome.REFUSED) {
            return refused(reply, ask);
        }
        var truncated = reply.outcome() == JudgeReply.Outcome.TRUNCATED;
        var parsed = truncated
                ? new ParsedReply(List.of(), CUT_OFF)
                : parser.parse(reply.text(), shown.images().size(), prompt.aspects());
        if (parsed.isComplete()) {
            calls.add(call(reply, ask, null));
            best = shown.ratings(parsed.ratings());
            return Future.succeededFuture(outcome(null));
        }
        if (parsed.ratings().isEmpty() && !truncated && Refusals.isRefusal(reply.text())) {
            return refused(reply, ask);
        }
        calls.add(call(reply, ask, String.join("; ", parsed.problems())));
        if (parsed.ratings().size() > best.size()) {
            best = shown.ratings(parsed.ratings());
        }
        return ask < maxAsks
                ? ask(request.followedBy(reply.text(), prompt.correction(parsed.problems())), ask + 1)
                : Future.succeededFuture(outcome(CallOutcome.UNRATED));
    }

    private Future<CallOutcome> refused(JudgeReply reply, int ask) {
        calls.add(call(reply, ask, CallOutcome.REFUSED));
        return Future.succeededFuture(outcome(CallOutcome.REFUSED));
    }

    /** What the endpoint will never answer is a call that failed; what it may answer later is left to whoever tries again. */
    private Future<CallOutcome> given(Throwable failure, int ask) {
        if (!(failure instanceof JudgeException known) || known.kind() != JudgeException.Kind.FATAL) {
            return Future.failedFuture(failure);
        }
        calls.add(new JudgeCall(aspect(), "", String.valueOf(known.getMessage()), null, null, ask, 0L));
        return Future.succeededFuture(outcome(known.reason()));
    }

    private CallOutcome outcome(@Nullable String failure) {
        return new CallOutcome(calls, best, model, failure);
    }

    private JudgeCall call(JudgeReply reply, int ask, @Nullable String failure) {
        return new JudgeCall(
                aspect(),
                reply.text(),
                failure,
                reply.promptTokens(),
                reply.completionTokens(),
                ask,
                reply.latency().toMillis());
    }

    private @Nullable Aspect aspect() {
        return prompt.aspects().size() == 1 ? prompt.aspects().get(0) : null;
    }
}
