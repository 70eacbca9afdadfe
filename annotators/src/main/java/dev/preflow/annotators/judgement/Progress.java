package dev.preflow.annotators.judgement;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Answers already paid for, of groups that are not finished: when one call of a group has to wait for the endpoint, the next
 * attempt repeats that call only. Holds as many groups as given, the oldest are forgotten. Thread-safe.
 */
final class Progress {

    private final Map<String, Map<Integer, CallOutcome>> byGroup;

    Progress(int capacity) {
        this.byGroup = Collections.synchronizedMap(new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Map<Integer, CallOutcome>> eldest) {
                return size() > capacity;
            }
        });
    }

    /** The answers to a group's questions so far, by the question's number; what is put there is kept. */
    Map<Integer, CallOutcome> of(String groupId) {
        return byGroup.computeIfAbsent(groupId, id -> new ConcurrentHashMap<>());
    }

    void forget(String groupId) {
        byGroup.remove(groupId);
    }
}
