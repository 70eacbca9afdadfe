package dev.preflow.app.status;

import dev.preflow.app.book.PromptBook;
import dev.preflow.schemas.Release;
import dev.preflow.schemas.ReleaseKind;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** Keeps the counts and the releases that the status shows. Thread-safe. */
public final class StatusBoard {

    private static final int MAX_RELEASES = 1000;

    private final PromptBook book;
    private final EvalHistory evaluations;
    private final Instant startedAt = Instant.now();
    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
    private final ConcurrentSkipListMap<Integer, ReleaseView> reward = new ConcurrentSkipListMap<>();
    private final ConcurrentSkipListMap<Integer, ReleaseView> policy = new ConcurrentSkipListMap<>();
    private volatile boolean caughtUp;

    /**
     * An empty board.
     *
     * @param book the prompts
     * @param evaluations the policy's curves
     */
    public StatusBoard(PromptBook book, EvalHistory evaluations) {
        this.book = book;
        this.evaluations = evaluations;
    }

    /**
     * Counts an event.
     *
     * @param topic what it is counted under, such as "prompts"
     */
    public void count(String topic) {
        counts.computeIfAbsent(topic, key -> new LongAdder()).increment();
    }

    /**
     * Takes a release down.
     *
     * @param release the release; the newest of one number stands
     */
    public void add(Release release) {
        var releases = release.getKind() == ReleaseKind.REWARD ? reward : policy;
        releases.put(release.getNumber(), ReleaseView.of(release));
        if (releases.size() > MAX_RELEASES) {
            releases.pollFirstEntry();
        }
    }

    /** Tells that the topics have been replayed. */
    public void caughtUp() {
        caughtUp = true;
    }

    /**
     * Whether the topics have been replayed.
     *
     * @return true once they have
     */
    public boolean isCaughtUp() {
        return caughtUp;
    }

    /**
     * The state of everything.
     *
     * @return the view at this moment
     */
    public StatusView view() {
        var totals = new TreeMap<String, Long>();
        counts.forEach((topic, count) -> totals.put(topic, count.sum()));
        return new StatusView(
                startedAt.toString(),
                caughtUp,
                totals,
                book.stats(),
                List.copyOf(reward.values()),
                List.copyOf(policy.values()),
                evaluations.points(),
                evaluations.parted());
    }
}
