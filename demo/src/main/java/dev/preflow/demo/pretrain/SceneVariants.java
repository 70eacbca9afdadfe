package dev.preflow.demo.pretrain;

import dev.preflow.demo.scene.Colour;
import dev.preflow.demo.scene.ObjectSpec;
import dev.preflow.demo.scene.Relation;
import dev.preflow.demo.scene.SceneSpec;
import dev.preflow.demo.scene.ShapeKind;
import dev.preflow.demo.scene.Split;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Scenes that differ from a scene in one thing: what a caption is easily confused with. */
final class SceneVariants {
    private static final int TRIES = 20;

    private SceneVariants() {}

    /**
     * A scene with another colour, shape, relation or number of objects, or with two objects' colours exchanged.
     *
     * @return of the training side and of another meaning; the scene itself if chance finds none
     */
    static SceneSpec of(SceneSpec spec, RandomGenerator random) {
        for (int i = 0; i < TRIES; i++) {
            SceneSpec variant = draw(spec, random);
            if (!variant.canonical().equals(spec.canonical()) && Split.of(variant) == Split.TRAIN) {
                return variant;
            }
        }
        return spec;
    }

    private static SceneSpec draw(SceneSpec spec, RandomGenerator random) {
        int which = random.nextInt(spec.objects().size());
        ObjectSpec object = spec.objects().get(which);
        return switch (random.nextInt(5)) {
            case 0 -> with(spec, which, new ObjectSpec(any(Colour.values(), random), object.shape()));
            case 1 -> with(spec, which, new ObjectSpec(object.colour(), any(ShapeKind.values(), random)));
            case 2 -> exchanged(spec, which, random.nextInt(spec.objects().size()));
            case 3 ->
                spec.relation().isPresent()
                        ? new SceneSpec(spec.objects(), Optional.of(any(Relation.values(), random)))
                        : counted(spec, which, random);
            default -> spec.relation().isPresent() ? spec : counted(spec, which, random);
        };
    }

    private static SceneSpec with(SceneSpec spec, int index, ObjectSpec object) {
        List<ObjectSpec> objects = new ArrayList<>(spec.objects());
        objects.set(index, object);
        boolean twice = objects.get(0).equals(objects.get(objects.size() - 1));
        return spec.relation().isPresent() && twice ? spec : new SceneSpec(objects, spec.relation());
    }

    private static SceneSpec exchanged(SceneSpec spec, int one, int other) {
        ObjectSpec a = spec.objects().get(one);
        ObjectSpec b = spec.objects().get(other);
        List<ObjectSpec> objects = new ArrayList<>(spec.objects());
        objects.set(one, new ObjectSpec(b.colour(), a.shape()));
        objects.set(other, new ObjectSpec(a.colour(), b.shape()));
        return new SceneSpec(objects, spec.relation());
    }

    private static SceneSpec counted(SceneSpec spec, int which, RandomGenerator random) {
        List<ObjectSpec> objects = new ArrayList<>(spec.objects());
        boolean more = objects.size() == 1 || objects.size() < SceneSpec.MOST_OBJECTS && random.nextBoolean();
        if (more) {
            objects.add(
                    random.nextBoolean()
                            ? objects.get(which)
                            : new ObjectSpec(any(Colour.values(), random), any(ShapeKind.values(), random)));
        } else {
            objects.remove(which);
        }
        return new SceneSpec(objects, Optional.empty());
    }

    private static <T> T any(T[] values, RandomGenerator random) {
        return values[random.nextInt(values.length)];
    }
}
