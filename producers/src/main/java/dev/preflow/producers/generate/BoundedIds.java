package dev.preflow.producers.generate;

import java.util.LinkedHashSet;
import java.util.Set;

/** The last ids of many. */
final class BoundedIds {

    private static final int CAPACITY = 10_000;

    private final Set<String> ids = new LinkedHashSet<>();

    void add(String id) {
        ids.add(id);
        if (ids.size() > CAPACITY) {
            ids.remove(ids.iterator().next());
        }
    }

    boolean contains(String id) {
        return ids.contains(id);
    }
}
