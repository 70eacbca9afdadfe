package dev.preflow.annotators.judgement;

import dev.preflow.annotators.judge.JudgeClient;
import dev.preflow.annotators.judge.JudgeException;
import dev.preflow.annotators.preference.Comparisons;
import dev.preflow.annotators.reply.ReplyParser;
import dev.preflow.annotators.rubric.RubricPrompt;
import dev.preflow.schemas.Annotation;
import dev.preflow.schemas.Ids;
import dev.preflow.schemas.ImageGroup;
import dev.preflow.schemas.JudgeCall;
import dev.preflow.schemas.Rating;
import dev.preflow.stream.NonRetriableException;
import dev.preflow.stream.OutageException;
import dev.preflow.stream.RetriableException;
import dev.preflow.stream.blob.BlobStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Has one annotator judge groups of images. The calls of a group run side by side; a call that the endpoint put off is repeated
 * alone when the group is tried again. What is not rated is left out of the annotation. Never blocks.
 */
public final class GroupJudge {

    private static final int UNFINISHED_GROUPS = 256;
    /** Of the replies that a dead letter tells; a model may have gone on for ever. */
    private static final int MAX_DETAIL = 4_000;

    private final JudgeClient client;
    private final JudgingOptions options;
    private final PictureLoader pictures;
    private final List<RubricPrompt> prompts;
    private final ReplyParser parser = new ReplyParser();
    private final Progress progress = new Progress(UNFINISHED_GROUPS);

    /**
     * A judge of groups.
     *
     * @param vertx runs the work
     * @param blobs holds the pixels
     * @param client asks the endpoint
     * @param options how it judges
     */
    public GroupJudge(Vertx vertx, BlobStore blobs, JudgeClient client, JudgingOptions options) {
        this.client = client;
        this.options = options;
        this.pictures = new PictureLoader(vertx, blobs);
        this.prompts = options.mode().calls().stream()
                .map(aspects -> new RubricPrompt(aspects, options.format()))
                .toList();
    }

    /**
     * Judges a group.
     *
     * @param group the group
     * @param lastAttempt whether nobody will try again: then calls that the endpoint put off count as failed
     * @return the annotation, with at least one rating; fails with {@link RetriableException} when the endpoint put calls off,
     *     with {@link OutageException} when it takes none, and with {@link NonRetriableException} when it rated nothing and will
     *     not
     */
    public Future<Annotation> judge(ImageGroup group, boolean lastAttempt) {
        var order = Presentation.order(group.getId(), group.getImages(), options.shuffled());
        return pictures.load(order)
                .compose(loaded -> askAll(group, new Presentation(order, loaded)))
                .compose(questions -> conclude(group, questions, lastAttempt));
    }

    /**
     * Forgets what is kept for another attempt at a group.
     *
     * @param groupId the group that is finished
     */
    public void finished(String groupId) {
        progress.forget(groupId);
    }

    private Future<List<Future<CallOutcome>>> askAll(ImageGroup group, Presentation shown) {
        var answered = progress.of(group.getId());
        List<Future<CallOutcome>> questions = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
            questions.add(ask(group, shown, i, answered));
        }
        // waits for every call, the failed ones too: what was answered is kept
        return Future.join(questions).transform(done -> Future.succeededFuture(questions));
    }

    private Future<CallOutcome> ask(
            ImageGroup group, Presentation shown, int number, Map<Integer, CallOutcome> answered) {
        var known = answered.get(number);
        return known != null
                ? Future.succeededFuture(known)
                : new Questioning(client, parser, prompts.get(number), shown, options.maxAsks())
                        .ask(group.getPromptText())
                        .onSuccess(outcome -> answered.put(number, outcome));
    }

    private Future<Annotation> conclude(ImageGroup group, List<Future<CallOutcome>> questions, boolean lastAttempt) {
        var outcomes =
                questions.stream().filter(Future::succeeded).map(Future::result).toList();
        var failures =
                questions.stream().map(Future::cause).filter(Objects::nonNull).toList();
        var outage = failures.stream().filter(GroupJudge::isOutage).findFirst();
        if (outage.isPresent()) {
            return Future.failedFuture(
                    new OutageException(String.valueOf(outage.get().getMessage()), outage.get()));
        }
        var ratings =
                outcomes.stream().flatMap(outcome -> outcome.ratings().stream()).toList();
        if (!failures.isEmpty() && (!lastAttempt || ratings.isEmpty() && !isRefused(outcomes))) {
            return Future.failedFuture(retriable(failures));
        }
        if (ratings.isEmpty()) {
            return Future.failedFuture(unjudged(outcomes));
        }
        var calls = new ArrayList<JudgeCall>();
        for (int i = 0; i < questions.size(); i++) {
            calls.addAll(calls(questions.get(i), prompts.get(i)));
        }
        return Future.succeededFuture(annotation(group, outcomes, ratings, calls));
    }

    private static List<JudgeCall> calls(Future<CallOutcome> question, RubricPrompt prompt) {
        if (question.succeeded()) {
            return question.result().calls();
        }
        var aspect = prompt.aspects().size() == 1 ? prompt.aspects().get(0) : null;
        return List.of(new JudgeCall(aspect, "", String.valueOf(question.cause().getMessage()), null, null, 1, 0L));
    }

    private Annotation annotation(
            ImageGroup group, List<CallOutcome> outcomes, List<Rating> ratings, List<JudgeCall> calls) {
        var model = outcomes.stream()
                .map(CallOutcome::model)
                .filter(Objects::nonNull)
                .findFirst();
        return new Annotation(
                Ids.annotationId(group.getId(), options.annotator()),
                group.getId(),
                group.getPromptId(),
                group.getPromptText(),
                group.getImages(),
                options.annotator(),
                model.orElseThrow(() -> new IllegalStateException("Ratings come from a model that answered")),
                ratings,
                calls,
                new Comparisons(group.getImages(), ratings).ties(null),
                Instant.now());
    }

    private static boolean isOutage(Throwable failure) {
        return failure instanceof JudgeException known && known.kind() == JudgeException.Kind.OUTAGE;
    }

    private static boolean isRefused(List<CallOutcome> outcomes) {
        return outcomes.stream().anyMatch(outcome -> CallOutcome.REFUSED.equals(outcome.failure()));
    }

    private static NonRetriableException unjudged(List<CallOutcome> outcomes) {
        // what the judge said of the images goes before what went wrong on the way to it
        var reason = isRefused(outcomes)
                ? CallOutcome.REFUSED
                : outcomes.stream()
                        .map(CallOutcome::failure)
                        .filter(failure -> failure != null && !failure.equals(CallOutcome.UNRATED))
                        .findFirst()
                        .orElse(CallOutcome.UNRATED);
        var detail = outcomes.stream()
                .flatMap(outcome -> outcome.calls().stream())
                .map(call -> call.getReply().isEmpty()
                        ? String.valueOf(call.getFailure())
                        : call.getFailure() + ": " + call.getReply())
                .distinct()
                .collect(Collectors.joining("\n"));
        var bounded = detail.length() > MAX_DETAIL ? detail.substring(0, MAX_DETAIL) + "…" : detail;
        return new NonRetriableException(reason, bounded);
    }

    private static Throwable retriable(List<Throwable> failures) {
        var first = failures.get(0);
        if (!failures.stream().allMatch(JudgeException.class::isInstance)) {
            return first;
        }
        var retryAfter = failures.stream()
                .map(failure -> ((JudgeException) failure).retryAfter())
                .flatMap(Optional::stream)
                .max(Duration::compareTo);
        return new RetriableException(String.valueOf(first.getMessage()), first, retryAfter.orElse(null));
    }
}
