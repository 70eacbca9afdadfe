package dev.preflow.producers.source;

import dev.preflow.producers.source.SourceEntry.Refused;
import dev.preflow.producers.source.SourceEntry.Words;
import dev.preflow.schemas.Ids;
import dev.preflow.schemas.Prompt;
import dev.preflow.schemas.TopicSpec;
import dev.preflow.stream.Publisher;
import java.io.IOException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** Publishes the prompts of a source. Blocks its thread: not for an event loop. */
public final class PromptFeeder {

    private static final int MAX_UNACKNOWLEDGED = 500;
    private static final int MAX_EXAMPLES = 100;

    private final Publisher publisher;
    private final TopicSpec<Prompt> prompts;
    private final boolean repeatable;
    private final FeedPace pace;
    private final Clock clock;

    /**
     * A feeder.
     *
     * @param publisher where prompts go
     * @param prompts their topic
     * @param repeatable whether feeding the same source twice is feeding it once: the id of a prompt then follows from the
     *     source's name, the entry's position and its words. Else every feeding makes new prompts. Where the source gives ids
     *     of its own, a prompt's id follows from the source's name, that id and the words in any case
     * @param pace how fast
     * @param clock dates the prompts
     */
    public PromptFeeder(
            Publisher publisher, TopicSpec<Prompt> prompts, boolean repeatable, FeedPace pace, Clock clock) {
        this.publisher = publisher;
        this.prompts = prompts;
        this.repeatable = repeatable;
        this.pace = pace;
        this.clock = clock;
    }

    /**
     * Feeds a source to its end.
     *
     * @param source the source; stays open
     * @param published is told of every prompt once it is acknowledged, on another thread
     * @return what became of it
     * @throws IOException when the source cannot be read on or a prompt cannot be published; what was published before stays
     * @throws InterruptedException when the thread is interrupted; what was published before stays
     */
    public FeedReport feed(PromptSource source, Consumer<Prompt> published) throws IOException, InterruptedException {
        var unacknowledged = new Semaphore(MAX_UNACKNOWLEDGED);
        var failure = new AtomicReference<Throwable>();
        var examples = new ArrayList<Refused>();
        long refused = 0;
        long count = 0;
        var beat = new Metronome(pace.perSecond());
        for (var entry = source.next(); entry != null; entry = source.next()) {
            if (entry instanceof Refused problem) {
                refused++;
                if (examples.size() < MAX_EXAMPLES) {
                    examples.add(problem);
                }
            } else if (entry instanceof Words words) {
                var prompt = prompt(source.name(), words);
                beat.await();
                pace.open().begin(prompt.getId());
                unacknowledged.acquire();
                requireNone(failure, source);
                publisher
                        .publish(prompts, prompt.getId(), prompt)
                        .onSuccess(done -> published.accept(prompt))
                        .onFailure(failure::set)
                        .onComplete(done -> unacknowledged.release());
                count++;
            }
        }
        unacknowledged.acquire(MAX_UNACKNOWLEDGED);
        requireNone(failure, source);
        return new FeedReport(count, refused, List.copyOf(examples));
    }

    private Prompt prompt(String source, Words words) {
        return new Prompt(
                id(source, words), words.text(), source, clock.instant().truncatedTo(ChronoUnit.MILLIS));
    }

    private String id(String source, Words words) {
        if (words.id() != null) {
            return Ids.id("identified-prompt", List.of(source, words.id(), words.text()));
        }
        return repeatable
                ? Ids.id("positioned-prompt", List.of(source, Long.toString(words.position()), words.text()))
                : Ids.newPromptId();
    }

    private static void requireNone(AtomicReference<Throwable> failure, PromptSource source) throws IOException {
        var cause = failure.get();
        if (cause != null) {
            throw new IOException("Cannot publish the prompts of " + source.name() + ": " + cause.getMessage(), cause);
        }
    }
}
