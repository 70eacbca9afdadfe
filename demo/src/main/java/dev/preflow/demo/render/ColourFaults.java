package dev.preflow.demo.render;

import dev.preflow.demo.scene.Colour;
import dev.preflow.demo.scene.ObjectSpec;
import dev.preflow.demo.scene.SceneSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Specifications that differ from the asked one in their colours alone, and really mean something else. */
final class ColourFaults {
    private ColourFaults() {}

    /** Two objects with exchanged colours, or nothing when no exchange changes what the scene means. */
    static Optional<SceneSpec> swapped(SceneSpec spec, RandomGenerator random) {
        List<SceneSpec> candidates = new ArrayList<>();
        for (int i = 0; i < spec.objects().size(); i++) {
            for (int j = 0; j < i; j++) {
                ObjectSpec a = spec.objects().get(i);
                ObjectSpec b = spec.objects().get(j);
                List<ObjectSpec> objects = new ArrayList<>(spec.objects());
                objects.set(i, new ObjectSpec(b.colour(), a.shape()));
                objects.set(j, new ObjectSpec(a.colour(), b.shape()));
                SceneSpec swap = new SceneSpec(objects, spec.relation());
                if (!swap.canonical().equals(spec.canonical())) {
                    candidates.add(swap);
                }
            }
        }
        return candidates.isEmpty() ? Optional.empty() : Optional.of(candidates.get(random.nextInt(candidates.size())));
    }

    /** The object at the index in a colour that no other object of the scene has. */
    static List<ObjectSpec> recoloured(SceneSpec spec, int index, RandomGenerator random) {
        Colour colour = spec.objects().get(index).colour();
        while (has(spec, colour)) {
            colour = Colour.values()[random.nextInt(Colour.values().length)];
        }
        List<ObjectSpec> objects = new ArrayList<>(spec.objects());
        objects.set(index, new ObjectSpec(colour, objects.get(index).shape()));
        return objects;
    }

    private static boolean has(SceneSpec spec, Colour colour) {
        return spec.objects().stream().anyMatch(o -> o.colour() == colour);
    }
}
