package dev.preflow.demo.scene;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a prompt asks for: one to three objects, and for two different ones possibly how they stand to each other.
 *
 * @param objects one to three, equal ones for counts ("two red circles")
 * @param relation where the first of two objects is, seen from the second
 */
public record SceneSpec(List<ObjectSpec> objects, Optional<Relation> relation) {
    /** The most objects that a scene holds. */
    public static final int MOST_OBJECTS = 3;

    public SceneSpec {
        objects = List.copyOf(objects);
        if (objects.isEmpty() || objects.size() > MOST_OBJECTS) {
            throw new IllegalArgumentException("a scene has 1 to " + MOST_OBJECTS + " objects, not " + objects.size());
        }
        if (relation.isPresent() && (objects.size() != 2 || objects.get(0).equals(objects.get(1)))) {
            throw new IllegalArgumentException("a relation needs two different objects, not " + objects);
        }
    }

    /** Objects without a relation. */
    public static SceneSpec of(ObjectSpec... objects) {
        return new SceneSpec(List.of(objects), Optional.empty());
    }

    /** Two objects, the first standing in the relation to the second. */
    public static SceneSpec of(ObjectSpec first, Relation relation, ObjectSpec second) {
        return new SceneSpec(List.of(first, second), Optional.of(relation));
    }

    /** The same text for all specifications that mean the same: order and direction do not count. */
    public String canonical() {
        if (relation.isPresent()) {
            Relation r = relation.get();
            boolean turn = r == Relation.RIGHT_OF || r == Relation.BELOW;
            return objects.get(turn ? 1 : 0) + " " + (turn ? r.inverse() : r).words() + " " + objects.get(turn ? 0 : 1);
        }
        return objects.stream().map(ObjectSpec::toString).sorted().collect(Collectors.joining(" and "));
    }
}
