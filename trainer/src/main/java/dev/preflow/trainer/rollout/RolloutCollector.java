package dev.preflow.trainer.rollout;

import dev.preflow.schemas.Rollout;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Gathers rollouts into groups, and counts the groups that have been asked for and have not come back. A rollout counts as
 * handled when {@link #settle} is told of its group: after the checkpoint that contains it is durable. Thread-safe.
 */
public final class RolloutCollector {
    private final Duration wait;
    private final Clock clock;
    private final Set<String> consumed = new HashSet<>();
    private final Map<String, Gathering> gathering = new LinkedHashMap<>();
    private final Deque<RolloutGroup> ready = new ArrayDeque<>();
    private final Map<String, Promise<Void>> promises = new HashMap<>();
    private final Map<String, Instant> requested = new LinkedHashMap<>();

    private static final class Gathering {
        private final Map<Integer, Rollout> rollouts = new HashMap<>();
        private final Instant since;

        private Gathering(Instant since) {
            this.since = since;
        }
    }

    /**
     * Nothing gathered yet.
     *
     * @param wait how long a group waits for its missing images, and how long one that was asked for may stay away
     * @param consumed ids of rollouts that have been trained on; they are passed over
     */
    public RolloutCollector(Duration wait, Clock clock, Set<String> consumed) {
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
        Set<String> groups = new HashSet<>(requested.keySet());
        groups.addAll(gathering.keySet());
        ready.forEach(group -> groups.add(group.id()));
        return groups.size();
    }

    /**
     * Takes a rollout in.
     *
     * @return completes when the rollout is settled; at once if it has been trained on before
     */
    public synchronized Future<Void> add(Rollout rollout) {
        String image = rollout.getImage().getId();
        if (consumed.contains(image)) {
            return Future.succeededFuture();
        }
        Promise<Void> promise = promises.computeIfAbsent(image, id -> Promise.promise());
        String group = rollout.getImage().getRolloutGroup();
        if (group == null) {
            promises.remove(image);
            return Future.failedFuture(new IllegalArgumentException("The rollout of image " + image + " has no group"));
        }
        if (ready.stream().noneMatch(known -> known.id().equals(group))) {
            Gathering images = gathering.computeIfAbsent(group, id -> new Gathering(clock.instant()));
            images.rollouts.putIfAbsent(rollout.getImage().getIndex(), rollout);
            if (images.rollouts.size() >= rollout.getImage().getGroupSize()) {
                finish(group);
            }
            notifyAll();
        }
        return promise.future();
    }

    private void finish(String group) {
        List<Rollout> rollouts =
                new ArrayList<>(gathering.remove(group).rollouts.values());
        rollouts.sort(Comparator.comparingInt(rollout -> rollout.getImage().getIndex()));
        ready.add(new RolloutGroup(group, rollouts));
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
            wait(Math.min(left, 1000));
        }
    }

    /** Groups whose missing images are overdue go on without them; what was asked for and never came is forgotten. */
    private void expire() {
        Instant oldest = clock.instant().minus(wait);
        List<String> overdue = gathering.entrySet().stream()
                .filter(entry -> entry.getValue().since.isBefore(oldest))
                .map(Map.Entry::getKey)
                .toList();
        overdue.forEach(this::finish);
        for (Iterator<Instant> times = requested.values().iterator(); times.hasNext(); ) {
            if (times.next().isBefore(oldest)) {
                times.remove();
            }
        }
    }

    /** The group has been dealt with for good, and never will be again. */
    public synchronized void settle(RolloutGroup group) {
        for (Rollout rollout : group.rollouts()) {
            String image = rollout.getImage().getId();
            consumed.add(image);
            Promise<Void> promise = promises.remove(image);
            if (promise != null) {
                promise.complete();
            }
        }
    }
}
