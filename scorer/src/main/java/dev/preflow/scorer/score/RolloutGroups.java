package dev.preflow.scorer.score;

import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Gathers the images of rollout groups, because the advantages of a group compare its rewards with each other, and rewards of
 * two releases cannot be compared: a group is scored in one go. A group goes on when all of its images are there, or when its
 * deadline is over. What comes later than that is turned away. Thread-safe.
 */
final class RolloutGroups {

    private static final int REMEMBERED = 10_000;

    private final Duration wait;
    private final Clock clock;
    private final Consumer<RolloutGroup> ready;
    private final Map<String, RolloutGroup> open = new LinkedHashMap<>();
    private final Map<String, Boolean> closed = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    };

    /**
     * No groups yet.
     *
     * @param wait how long a group waits for its next image
     * @param clock measures it
     * @param ready takes the groups that wait no longer
     */
    RolloutGroups(Duration wait, Clock clock, Consumer<RolloutGroup> ready) {
        this.wait = wait;
        this.clock = clock;
        this.ready = ready;
    }

    /**
     * Whether a group has gone on already.
     *
     * @param group the group's name
     * @return true when its images are no longer waited for
     */
    synchronized boolean isClosed(String group) {
        return closed.containsKey(group);
    }

    /**
     * Says that a group has gone on, as when its rollouts were published before a crash.
     *
     * @param group the group's name
     */
    synchronized void close(String group) {
        closed.put(group, true);
    }

    /**
     * Lets a group gather again, as when scoring it failed and its images will be tried again.
     *
     * @param group the group's name
     */
    synchronized void reopen(String group) {
        closed.remove(group);
    }

    /**
     * Adds an image to its group.
     *
     * @param scorable an image with a rollout group that is not closed
     * @return completes when the group is scored and all about it is acknowledged
     */
    Future<Void> add(Scorable scorable) {
        var image = scorable.image();
        var name = Objects.requireNonNull(image.getRolloutGroup(), "an image of a rollout group");
        RolloutGroup group;
        boolean complete;
        synchronized (this) {
            group = open.computeIfAbsent(name, id -> new RolloutGroup(id, image.getGroupSize()));
            group.add(scorable, clock.instant().plus(wait));
            complete = group.complete();
            if (complete) {
                open.remove(name);
                close(name);
            }
        }
        if (complete) {
            ready.accept(group);
        }
        return group.scored().future();
    }

    /** Lets the groups go on whose deadline is over; to be called again and again. */
    void expire() {
        List<RolloutGroup> overdue;
        synchronized (this) {
            var now = clock.instant();
            overdue = new ArrayList<>(
                    open.values().stream().filter(group -> group.overdue(now)).toList());
            overdue.forEach(group -> {
                open.remove(group.id());
                close(group.id());
            });
        }
        overdue.forEach(ready);
    }

    /**
     * Gives up waiting: what has gathered fails, to be delivered again.
     *
     * @param cause why
     */
    void abandon(Throwable cause) {
        List<RolloutGroup> waiting;
        synchronized (this) {
            waiting = List.copyOf(open.values());
            open.clear();
        }
        waiting.forEach(group -> group.scored().fail(cause));
    }

    /**
     * How many images wait for the others of their groups.
     *
     * @return their number
     */
    synchronized int waiting() {
        return open.values().stream().mapToInt(group -> group.images().size()).sum();
    }
}
