package dev.preflow.demo.scene;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** The prompts of the scene world: one to three objects, counts, and relations between two. */
public final class PromptGrammar {
    private static final int FEW_KINDS = 4;

    /**
     * How often prompts of one, two and three objects are drawn; weights need not sum to one.
     *
     * @param one weight of single objects
     * @param two weight of two objects
     * @param three weight of three objects
     */
    public record Weights(double one, double two, double three) {
        /** Half of the prompts name a single object. */
        public static final Weights DEFAULT = new Weights(0.5, 0.35, 0.15);

        /** What the demo feeds: a little more of what is learnt first. */
        public static final Weights DEMO = new Weights(0.55, 0.35, 0.1);

        public Weights {
            if (one < 0 || two < 0 || three < 0 || !(one + two + three > 0)) {
                throw new IllegalArgumentException(
                        "weights must be non-negative and not all zero: " + one + ", " + two + ", " + three);
            }
        }
    }

    /** Draws a prompt of one side of the split. */
    public ScenePrompt sample(RandomGenerator random, Split split, Weights weights) {
        double at = random.nextDouble() * (weights.one() + weights.two() + weights.three());
        int objects = at < weights.one() ? 1 : at < weights.one() + weights.two() ? 2 : 3;
        return sample(random, split, objects);
    }

    /** Draws a prompt with this many objects (1 to 3) of one side of the split. */
    public ScenePrompt sample(RandomGenerator random, Split split, int objects) {
        while (true) {
            SceneSpec spec = spec(random, objects);
            if (Split.of(spec) == split) {
                return new ScenePrompt(Wording.of(spec, random), spec);
            }
        }
    }

    /** All single-object specifications of one side, in a fixed order. */
    public List<SceneSpec> singles(Split split) {
        List<SceneSpec> specs = new ArrayList<>();
        for (Colour colour : Colour.values()) {
            for (ShapeKind shape : ShapeKind.values()) {
                SceneSpec spec = SceneSpec.of(new ObjectSpec(colour, shape));
                if (Split.of(spec) == split) {
                    specs.add(spec);
                }
            }
        }
        return specs;
    }

    /**
     * The fixed prompts of an evaluation: held-out specifications in their plainest words, all different.
     *
     * @param objects how many objects each names, 1 to 3
     * @param most at most this many prompts; of single objects there are only {@code singles(HELD_OUT)}
     */
    public List<ScenePrompt> evaluation(int objects, int most) {
        if (objects == 1) {
            return singles(Split.HELD_OUT).stream()
                    .limit(most)
                    .map(PromptGrammar::plain)
                    .toList();
        }
        RandomGenerator random = new SplittableRandom(objects);
        Set<String> seen = new LinkedHashSet<>();
        List<ScenePrompt> prompts = new ArrayList<>();
        while (prompts.size() < most) {
            SceneSpec spec = sample(random, Split.HELD_OUT, objects).spec();
            if (seen.add(spec.canonical())) {
                prompts.add(plain(spec));
            }
        }
        return prompts;
    }

    private static ScenePrompt plain(SceneSpec spec) {
        return new ScenePrompt(Wording.plain(spec), spec);
    }

    private static SceneSpec spec(RandomGenerator random, int objects) {
        return switch (objects) {
            case 1 -> SceneSpec.of(object(random));
            case 2 -> two(random);
            case 3 -> three(random);
            default -> throw new IllegalArgumentException("prompts name 1 to 3 objects, not " + objects);
        };
    }

    private static SceneSpec two(RandomGenerator random) {
        ObjectSpec first = object(random);
        int kind = random.nextInt(FEW_KINDS);
        if (kind == 0) {
            return SceneSpec.of(first, first);
        }
        ObjectSpec second = other(random, first);
        if (kind == 1) {
            return SceneSpec.of(first, second);
        }
        Relation relation = Relation.values()[random.nextInt(Relation.values().length)];
        return new SceneSpec(List.of(first, second), Optional.of(relation));
    }

    private static SceneSpec three(RandomGenerator random) {
        ObjectSpec first = object(random);
        return switch (random.nextInt(FEW_KINDS)) {
            case 0 -> SceneSpec.of(first, first, first);
            case 1 -> SceneSpec.of(first, first, other(random, first));
            default -> {
                ObjectSpec second = other(random, first);
                ObjectSpec third = other(random, first);
                while (third.equals(second)) {
                    third = other(random, first);
                }
                yield SceneSpec.of(first, second, third);
            }
        };
    }

    private static ObjectSpec object(RandomGenerator random) {
        return new ObjectSpec(
                Colour.values()[random.nextInt(Colour.values().length)],
                ShapeKind.values()[random.nextInt(ShapeKind.values().length)]);
    }

    private static ObjectSpec other(RandomGenerator random, ObjectSpec than) {
        ObjectSpec object = object(random);
        while (object.equals(than)) {
            object = object(random);
        }
        return object;
    }
}
