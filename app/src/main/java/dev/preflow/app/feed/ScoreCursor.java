package dev.preflow.app.feed;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How far a subscriber has come: the next offset of each partition. Written as {@code 0:41,1:17}, it is the id of a
 * server-sent event, and it means the same after a restart of the gateway, and to another gateway on the same topics. The start
 * is {@code 0:0}: browsers do not send an empty id back, and would not be given what came between.
 *
 * @param next the next offset by partition; a partition that is not named is at its start
 */
public record ScoreCursor(Map<Integer, Long> next) {

    private static final Pattern FORM = Pattern.compile("\\d{1,6}:\\d{1,18}(,\\d{1,6}:\\d{1,18})*");

    /** Copies the map. */
    public ScoreCursor {
        next = Map.copyOf(next);
    }

    /**
     * The start of every partition.
     *
     * @return the cursor before the first score
     */
    public static ScoreCursor start() {
        return new ScoreCursor(Map.of());
    }

    /**
     * Reads what {@link #toString} wrote.
     *
     * @param text such as "0:41,1:17"; empty for the start
     * @return the cursor
     * @throws IllegalArgumentException when the text is of another form
     */
    public static ScoreCursor parse(String text) {
        if (text.isEmpty()) {
            return start();
        }
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "Not an event id of the score stream: expected partition:offset pairs such as 0:41,1:17");
        }
        var next = new TreeMap<Integer, Long>();
        for (var pair : text.split(",")) {
            int colon = pair.indexOf(':');
            next.put(Integer.valueOf(pair.substring(0, colon)), Long.valueOf(pair.substring(colon + 1)));
        }
        return new ScoreCursor(next);
    }

    /**
     * The next offset of a partition.
     *
     * @param partition the partition
     * @return its next offset, from 0
     */
    public long next(int partition) {
        return next.getOrDefault(partition, 0L);
    }

    /**
     * Whether a score is still to come.
     *
     * @param scored the score
     * @return false when this cursor has passed it
     */
    public boolean before(Scored scored) {
        return next(scored.partition()) <= scored.offset();
    }

    /**
     * This cursor, past a score.
     *
     * @param scored the score
     * @return the new cursor
     */
    public ScoreCursor past(Scored scored) {
        return past(new ScoreCursor(Map.of(scored.partition(), scored.offset() + 1)));
    }

    /**
     * This cursor, past everything that another has passed.
     *
     * @param other the other
     * @return by partition the later of the two
     */
    public ScoreCursor past(ScoreCursor other) {
        var merged = new TreeMap<>(next);
        other.next.forEach((partition, offset) -> merged.merge(partition, offset, Math::max));
        return new ScoreCursor(merged);
    }

    /**
     * Whether this cursor has passed everything that another has passed.
     *
     * @param other the other
     * @return true when no partition of the other is ahead
     */
    public boolean reached(ScoreCursor other) {
        return other.next.entrySet().stream().allMatch(entry -> next(entry.getKey()) >= entry.getValue());
    }

    @Override
    public String toString() {
        var written = next.isEmpty() ? Map.of(0, 0L) : next;
        return new TreeMap<>(written)
                .entrySet().stream()
                        .map(entry -> entry.getKey() + ":" + entry.getValue())
                        .collect(Collectors.joining(","));
    }
}
