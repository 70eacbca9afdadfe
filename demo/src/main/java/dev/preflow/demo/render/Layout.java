package dev.preflow.demo.render;

import dev.preflow.demo.scene.ObjectSpec;
import dev.preflow.demo.scene.PlacedObject;
import dev.preflow.demo.scene.Relation;
import dev.preflow.demo.scene.SceneSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Places objects at random by rejection: inside the frame, apart from each other, and in the relation that was asked for. */
final class Layout {
    private static final double MARGIN = 3;
    /** Pixels between two objects' boxes; below that a blurred pair grows together. */
    private static final double GAP = 5;
    /** A relation is unmistakable when the centres are this much farther apart along it than across it. */
    private static final double ALONG_TO_ACROSS = 1.6;

    private static final double[] LEAST_SIZE = {12, 9.5, 8};
    private static final double[] MOST_SIZE = {18, 12.5, 9.5};
    private static final double TINY_LEAST = 2.6;
    private static final double TINY_MOST = 3.8;
    private static final int TRIES = 40;

    private final double side;

    Layout(double side) {
        this.side = side;
    }

    List<PlacedObject> place(SceneSpec spec, RandomGenerator random) {
        List<PlacedObject> placed = new ArrayList<>();
        do {
            placed.clear();
            int kind = spec.objects().size() - 1;
            for (ObjectSpec object : spec.objects()) {
                double size = random.nextDouble(LEAST_SIZE[kind], MOST_SIZE[kind]);
                double room = MARGIN + size;
                placed.add(new PlacedObject(
                        object, random.nextDouble(room, side - room), random.nextDouble(room, side - room), size));
            }
        } while (!fits(placed, spec.relation()));
        return placed;
    }

    /** The objects with the one at the index made too small to see well. */
    List<PlacedObject> tiny(List<PlacedObject> objects, int index, RandomGenerator random) {
        PlacedObject object = objects.get(index);
        return with(objects, index, object.moved(object.x(), object.y(), random.nextDouble(TINY_LEAST, TINY_MOST)));
    }

    /** The objects with the one at the index moved over an edge, or nothing when no edge keeps the rest of the scene true. */
    Optional<List<PlacedObject>> cut(
            List<PlacedObject> objects, int index, Optional<Relation> relation, RandomGenerator random) {
        PlacedObject object = objects.get(index);
        for (int i = 0; i < TRIES; i++) {
            double out = object.size() * random.nextDouble(-0.05, 0.4);
            double along = random.nextDouble(MARGIN + object.size(), side - MARGIN - object.size());
            PlacedObject moved =
                    switch (random.nextInt(4)) {
                        case 0 -> object.moved(out, along, object.size());
                        case 1 -> object.moved(side - out, along, object.size());
                        case 2 -> object.moved(along, out, object.size());
                        default -> object.moved(along, side - out, object.size());
                    };
            List<PlacedObject> result = with(objects, index, moved);
            if (fits(result, relation)) {
                return Optional.of(result);
            }
        }
        return Optional.empty();
    }

    private static List<PlacedObject> with(List<PlacedObject> objects, int index, PlacedObject object) {
        List<PlacedObject> changed = new ArrayList<>(objects);
        changed.set(index, object);
        return changed;
    }

    private static boolean fits(List<PlacedObject> objects, Optional<Relation> relation) {
        for (int i = 0; i < objects.size(); i++) {
            for (int j = 0; j < i; j++) {
                PlacedObject a = objects.get(i);
                PlacedObject b = objects.get(j);
                double apart = Math.max(Math.abs(a.x() - b.x()), Math.abs(a.y() - b.y()));
                if (apart < a.size() + b.size() + GAP) {
                    return false;
                }
            }
        }
        return relation.isEmpty() || holds(relation.get(), objects.get(0), objects.get(1));
    }

    private static boolean holds(Relation relation, PlacedObject first, PlacedObject second) {
        double x = first.x() - second.x();
        double y = first.y() - second.y();
        return relation.along(x, y) > ALONG_TO_ACROSS * relation.across(x, y);
    }
}
