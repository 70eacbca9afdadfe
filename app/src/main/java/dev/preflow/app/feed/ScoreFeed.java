package dev.preflow.app.feed;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The newest scores in memory, shared by every subscriber, so that a hundred subscribers cost one consumer. A subscriber that
 * is further back than the memory reaches reads the topic until it has caught up. Thread-safe.
 */
public final class ScoreFeed {

    private final int capacity;
    private final ArrayDeque<Scored> ring = new ArrayDeque<>();
    private final Map<Integer, Long> floor = new TreeMap<>();
    private final Set<Runnable> listeners = ConcurrentHashMap.newKeySet();
    private ScoreCursor head = ScoreCursor.start();
    private long firstSequence;

    /**
     * An empty feed.
     *
     * @param capacity how many scores it holds, from 1
     */
    public ScoreFeed(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("A score feed holds at least 1 score, not " + capacity);
        }
        this.capacity = capacity;
    }

    /**
     * Adds the next score of a partition and tells the listeners.
     *
     * @param scored the score; one that the feed has passed is ignored
     */
    public void add(Scored scored) {
        synchronized (this) {
            if (!head.before(scored)) {
                return;
            }
            floor.putIfAbsent(scored.partition(), scored.offset());
            ring.addLast(scored);
            head = head.past(scored);
            if (ring.size() > capacity) {
                var oldest = ring.removeFirst();
                floor.put(oldest.partition(), oldest.offset() + 1);
                firstSequence++;
            }
        }
        listeners.forEach(Runnable::run);
    }

    /**
     * How far the feed has come.
     *
     * @return the cursor past the newest score
     */
    public synchronized ScoreCursor head() {
        return head;
    }

    /**
     * Where a subscriber can join.
     *
     * @param cursor how far the subscriber has come
     * @return the sequence number to read from, passing over what the cursor has passed; empty when scores between the
     *     cursor and the memory are missing
     */
    public synchronized OptionalLong join(ScoreCursor cursor) {
        return cursor.reached(new ScoreCursor(floor)) ? OptionalLong.of(firstSequence) : OptionalLong.empty();
    }

    /**
     * Reads from memory.
     *
     * @param sequence the number to read from
     * @param limit how many at most
     * @return the scores from there on; {@link Slice#lost} tells that memory has moved on past the number
     */
    public synchronized Slice read(long sequence, int limit) {
        if (sequence < firstSequence) {
            return new Slice(List.of(), firstSequence, true);
        }
        var scores = ring.stream().skip(sequence - firstSequence).limit(limit).toList();
        return new Slice(scores, sequence + scores.size(), false);
    }

    /**
     * The newest scores that pass a filter, and the cursor and sequence number to go on from.
     *
     * @param limit how many at most, from 0
     * @param filter which
     * @return oldest first
     */
    public synchronized Recent recent(int limit, ScoreFilter filter) {
        var scores = new ArrayList<Scored>();
        for (Iterator<Scored> newest = ring.descendingIterator(); newest.hasNext() && scores.size() < limit; ) {
            var scored = newest.next();
            if (filter.test(scored.score())) {
                scores.add(0, scored);
            }
        }
        return new Recent(List.copyOf(scores), head, firstSequence + ring.size());
    }

    /**
     * Has a listener told of every score that is added, on the adding thread.
     *
     * @param listener does not block
     */
    public void listen(Runnable listener) {
        listeners.add(listener);
    }

    /**
     * Forgets a listener.
     *
     * @param listener the same that was given to {@link #listen}
     */
    public void forget(Runnable listener) {
        listeners.remove(listener);
    }

    /**
     * A stretch of memory.
     *
     * @param scores in the order of arrival
     * @param next the sequence number to read on from
     * @param lost whether memory had moved on past the number asked for
     */
    public record Slice(List<Scored> scores, long next, boolean lost) {}

    /**
     * The newest scores.
     *
     * @param scores oldest first
     * @param cursor past all of them
     * @param next the sequence number to read on from
     */
    public record Recent(List<Scored> scores, ScoreCursor cursor, long next) {}
}
