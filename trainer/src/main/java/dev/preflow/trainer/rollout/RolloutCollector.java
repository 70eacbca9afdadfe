package dev.preflow.trainer.rollout;

import dev.preflow.schemas.Rollout;
import dev.preflow.stream.NonRetriableException;
import dev.preflow.stream.RetriableException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Gathers rollouts into groups, and counts the groups that have been asked for and have not come back. A rollout counts as
 * handled when {@link #settle} is told of its group: after the checkpoint that contains it is durable. A group goes on once;
 * whatever comes of it later, by redelivery or from a task that was drawn twice, is passed over. Thread-safe.
 */
public final class RolloutCollector {
    /** Redelivery reaches no further back than so many groups. */
    public static final int REMEMBERED = 10_000;

    private final Duration wait;
    private final Clock clock;
    private final Set<String> consumed = new LinkedHashSet<>();
    /** In their order, with the time from which each is waited for. */
    private final Map<String, Instant> requested = new LinkedHashMap<>();

    private final Map<String, Gathering> gathering = new LinkedHashMap<>();
    private final Deque<RolloutGroup> ready = new ArrayDeque<>();
    /** Of every group between its first rollout and its settlement. */
    private final Map<String, Promise<Void>> unsettled = new HashMap<>();

    private boolean abandoned;

    /**
     * Nothing gathered yet.
     *
     * @param wait how long a group waits for its next image; and how long one that was asked for may stay away, from when those
     *     before it have come
     * @param consumed names of groups that have been trained on; they are passed over
     */
    public RolloutCollector(Duration wait, Clock clock, Collection<String> consumed) {
        this.wait = wait;
        this.clock = clock;
        this.consumed.addAll(consumed);
    }

    /** Notes that a group has been asked for. */
    public synchronized void requested(String group) {
        requested.put(group, clock.instant());
    }

    /** Groups under way: asked for and not come back, gathering, or waiting to be trained on. */
    public synchronized int underWay() {
        return namesUnderWay().size();
    }

    private Set<String> namesUnderWay() {
        Set<String> groups = new HashSet<>(requested.keySet());
        groups.addAll(gathering.keySet());
        ready.forEach(group -> groups.add(group.id()));
        return groups;
    }

    /**
     * Takes a rollout in.
     *
     * @return completes when its group is settled, at once if that was before; fails if the rollout has no group
     */
    public synchronized Future<Void> add(Rollout rollout) {
        String group = rollout.getImage().getRolloutGroup();
        if (group == null) {
            return Future.failedFuture(new NonRetriableException(
                    "no-group", "The rollout of image " + rollout.getImage().getId() + " names no rollout group"));
        }
        if (consumed.contains(group)) {
            return Future.succeededFuture();
        }
        if (abandoned) {
            return Future.failedFuture(stopping());
        }
        if (!unsettled.containsKey(group)) {
            unsettled.put(group, Promise.promise());
            gathering.put(group, new Gathering());
        }
        Gathering images = gathering.get(group);
        Instant now = clock.instant();
        renew(group, now);
        if (images != null && images.add(rollout, now)) {
            finish(group);
            notifyAll();
        }
        return unsettled.get(group).future();
    }

    /** Tasks are drawn in about the order in which they were asked for: what stands behind this group is not late yet. */
    private void renew(String group, Instant now) {
        boolean behind = false;
        for (Map.Entry<String, Instant> request : requested.entrySet()) {
            behind |= request.getKey().equals(group);
            if (behind) {
                request.setValue(now);
            }
        }
    }

    private void finish(String group) {
        ready.add(new RolloutGroup(group, gathering.remove(group).rollouts()));
        requested.remove(group);
    }

    /**
     * Waits for the oldest groups.
     *
     * @param count how many
     * @param limit how long to wait at most
     * @return {@code count} groups, or none when there are fewer after the limit
     */
    public synchronized List<RolloutGroup> take(int count, Duration limit) throws InterruptedException {
        Instant end = clock.instant().plus(limit);
        while (true) {
            expire();
            if (ready.size() >= count) {
                List<RolloutGroup> groups = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    groups.add(ready.remove());
                }
                return groups;
            }
            long left = Duration.between(clock.instant(), end).toMillis();
            if (left <= 0) {
                return List.of();
            }
            // not to the end in one go: deadlines pass meanwhile
            wait(Math.min(left, 1000));
        }
    }

    /** Groups whose missing images are overdue go on without them; what was asked for and never came is forgotten. */
    private void expire() {
        Instant oldest = clock.instant().minus(wait);
        List<String> overdue = gathering.entrySet().stream()
                .filter(entry -> entry.getValue().latest().isBefore(oldest))
                .map(Map.Entry::getKey)
                .toList();
        overdue.forEach(this::finish);
        requested.values().removeIf(since -> since.isBefore(oldest));
    }

    /**
     * Forgets the groups under way, which were drawn by weights that are no more. {@link #settle} must follow for each, once it
     * is durable that they are not waited for.
     *
     * @return their names
     */
    public synchronized List<String> forget() {
        List<String> groups = List.copyOf(namesUnderWay());
        requested.clear();
        gathering.clear();
        ready.clear();
        return groups;
    }

    /** The group of this name has been dealt with for good, and never will be again. */
    public synchronized void settle(String group) {
        consumed.add(group);
        if (consumed.size() > REMEMBERED) {
            consumed.remove(consumed.iterator().next());
        }
        Promise<Void> promise = unsettled.remove(group);
        if (promise != null) {
            promise.complete();
        }
    }

    /** Gives everything back that is not settled, to be delivered again, and takes nothing in any more. */
    public synchronized void abandon() {
        abandoned = true;
        List.copyOf(unsettled.values()).forEach(promise -> promise.tryFail(stopping()));
    }

    private static RetriableException stopping() {
        return new RetriableException("The trainer stops before this rollout is trained on", null);
    }
}
