package dev.preflow.app.book;

import dev.preflow.schemas.Annotation;
import dev.preflow.schemas.DeadLetter;
import dev.preflow.schemas.Image;
import dev.preflow.schemas.ImageGroup;
import dev.preflow.schemas.Prompt;
import dev.preflow.schemas.Purpose;
import dev.preflow.schemas.Rollouts;
import dev.preflow.schemas.Score;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What became of each prompt, from the events on the topics. It holds a bounded number of prompts: when it is full, the oldest
 * one that has ended is let go, and when none has ended, the oldest. Rollouts are not part of it: their images belong to the
 * trainer, not to whoever asked. Thread-safe.
 */
public final class PromptBook {

    private static final Comparator<PromptEntry> OLDEST_FIRST =
            Comparator.comparing(PromptEntry::firstSeen).thenComparing(PromptEntry::id);

    private final int capacity;
    private final Map<String, PromptEntry> entries = new HashMap<>();
    private final TreeSet<PromptEntry> open = new TreeSet<>(OLDEST_FIRST);
    private final TreeSet<PromptEntry> ended = new TreeSet<>(OLDEST_FIRST);
    private Instant horizon = Instant.MIN;
    private long evicted;
    private long conflicts;

    /**
     * An empty book.
     *
     * @param capacity how many prompts it holds, from 1
     */
    public PromptBook(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("A prompt book holds at least 1 prompt, not " + capacity);
        }
        this.capacity = capacity;
    }

    /**
     * Takes a prompt down.
     *
     * @param prompt the prompt
     */
    public synchronized void add(Prompt prompt) {
        entries.computeIfAbsent(prompt.getId(), id -> fresh(id, prompt.getCreatedAt()));
        change(prompt.getId(), entry -> entry.add(prompt));
    }

    /**
     * Takes an image down.
     *
     * @param image the image; one of a rollout is passed over
     */
    public synchronized void add(Image image) {
        if (image.getPurpose() == Purpose.JUDGE) {
            change(image.getPromptId(), image.getCreatedAt(), entry -> entry.add(image));
        }
    }

    /**
     * Takes down that the images of a prompt are with the annotators.
     *
     * @param group the closed group; a rollout's is passed over
     */
    public synchronized void add(ImageGroup group) {
        if (!Rollouts.are(group.getImages())) {
            change(
                    group.getPromptId(),
                    group.getCreatedAt(),
                    entry -> entry.close(group.getImages(), group.getPromptText(), group.getCreatedAt()));
        }
    }

    /**
     * Takes an annotation down. One that holds a rating ends the prompt as judged.
     *
     * @param annotation the annotation; a rollout's is passed over
     */
    public synchronized void add(Annotation annotation) {
        if (!Rollouts.are(annotation.getImages())) {
            change(annotation.getPromptId(), annotation.getCreatedAt(), entry -> entry.add(annotation));
        }
    }

    /**
     * Takes a score down.
     *
     * @param score the score; one of a rollout's image is passed over
     */
    public synchronized void add(Score score) {
        var image = score.getImage();
        if (image.getPurpose() == Purpose.JUDGE) {
            change(image.getPromptId(), score.getCreatedAt(), entry -> entry.add(score));
        }
    }

    /**
     * Takes a dead letter down.
     *
     * @param letter the dead letter; one that names no prompt is passed over
     */
    public synchronized void add(DeadLetter letter) {
        var promptId = letter.getPromptId();
        if (promptId != null) {
            change(promptId, letter.getCreatedAt(), entry -> entry.add(letter));
        }
    }

    /**
     * Looks a prompt up.
     *
     * @param promptId its id
     * @return what is known; empty when it was never seen or was let go
     */
    public synchronized Optional<PromptView> find(String promptId) {
        return Optional.ofNullable(entries.get(promptId)).map(PromptEntry::view);
    }

    /**
     * The ratings of an image.
     *
     * @param promptId its prompt
     * @param imageId the image
     * @return every rating that is known; a missing one is absent
     */
    public synchronized List<RatingView> ratings(String promptId, String imageId) {
        var entry = entries.get(promptId);
        return entry == null ? List.of() : entry.ratings(imageId);
    }

    /**
     * The newest prompts.
     *
     * @param limit how many at most
     * @param states which states
     * @return newest first
     */
    public synchronized List<PromptView> recent(int limit, Predicate<PromptState> states) {
        return Stream.concat(newest(open, limit, states), newest(ended, limit, states))
                .sorted(OLDEST_FIRST.reversed())
                .limit(limit)
                .map(PromptEntry::view)
                .toList();
    }

    /**
     * Counts.
     *
     * @return the counts at this moment
     */
    public synchronized BookStats stats() {
        var states = new EnumMap<PromptState, Integer>(PromptState.class);
        for (var state : PromptState.values()) {
            states.put(state, 0);
        }
        entries.values().forEach(entry -> states.merge(entry.state(), 1, Integer::sum));
        var labelled = new LinkedHashMap<String, Integer>();
        states.forEach((state, count) -> labelled.put(state.label(), count));
        return new BookStats(entries.size(), evicted, conflicts, labelled);
    }

    private static Stream<PromptEntry> newest(TreeSet<PromptEntry> from, int limit, Predicate<PromptState> states) {
        return from.descendingSet().stream()
                .filter(entry -> states.test(entry.state()))
                .limit(limit);
    }

    /** Events may overtake their prompt's record; those of a prompt that was let go must not bring it back half. */
    private void change(String promptId, Instant at, Consumer<PromptEntry> change) {
        if (!entries.containsKey(promptId)) {
            if (!at.isAfter(horizon)) {
                return;
            }
            entries.put(promptId, fresh(promptId, at));
        }
        change(promptId, change);
    }

    /** The sets are ordered by what a change may change: take the entry out first and put it back after. */
    private void change(String promptId, Consumer<PromptEntry> change) {
        var entry = entries.get(promptId);
        open.remove(entry);
        ended.remove(entry);
        boolean before = entry.conflict();
        change.accept(entry);
        if (entry.conflict() && !before) {
            conflicts++;
        }
        (entry.state().terminal() ? ended : open).add(entry);
        if (entries.size() > capacity) {
            evict();
        }
    }

    private PromptEntry fresh(String id, Instant at) {
        return new PromptEntry(id, at);
    }

    private void evict() {
        var oldest = ended.isEmpty() ? open.first() : ended.first();
        open.remove(oldest);
        ended.remove(oldest);
        entries.remove(oldest.id());
        evicted++;
        if (oldest.firstSeen().isAfter(horizon)) {
            horizon = oldest.firstSeen();
        }
    }
}
