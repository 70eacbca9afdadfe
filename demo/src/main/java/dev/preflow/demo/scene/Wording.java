package dev.preflow.demo.scene;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Puts a specification into words, with some variety in how people say it. */
public final class Wording {
    private static final List<String> COUNTS = List.of("", "one", "two", "three");
    private static final List<String> FRAMES =
            List.of("%s", "%s", "%s", "%s", "a picture of %s", "an image of %s", "%s on a plain background");
    private static final List<String> ARTICLES = List.of("a ", "a ", "a ", "one ", "");

    private Wording() {}

    /** A sentence for the specification; the same random state gives the same sentence. */
    public static String of(SceneSpec spec, RandomGenerator random) {
        return String.format(pick(FRAMES, random), phrase(spec, random));
    }

    /** The plainest sentence for the specification. */
    public static String plain(SceneSpec spec) {
        if (spec.relation().isPresent()) {
            return related(spec, spec.relation().get().words());
        }
        return join(counted(spec.objects(), "a "));
    }

    private static String phrase(SceneSpec spec, RandomGenerator random) {
        if (spec.relation().isPresent()) {
            Relation relation = spec.relation().get();
            boolean sideways = relation == Relation.LEFT_OF || relation == Relation.RIGHT_OF;
            return related(spec, (sideways && random.nextInt(3) == 0 ? "to the " : "") + relation.words());
        }
        String article = spec.objects().size() == 1 ? pick(ARTICLES, random) : "a ";
        return join(counted(spec.objects(), article));
    }

    private static String related(SceneSpec spec, String relation) {
        return article("a ", spec.objects().get(0)) + " " + relation + " "
                + article("a ", spec.objects().get(1));
    }

    private static List<String> counted(List<ObjectSpec> objects, String article) {
        Map<ObjectSpec, Integer> counts = new LinkedHashMap<>();
        objects.forEach(o -> counts.merge(o, 1, Integer::sum));
        List<String> phrases = new ArrayList<>();
        counts.forEach((object, n) -> phrases.add(
                n == 1
                        ? article(article, object)
                        : COUNTS.get(n) + " " + object.colour().word() + " "
                                + object.shape().plural()));
        return phrases;
    }

    private static String article(String article, ObjectSpec object) {
        return article + object;
    }

    private static String join(List<String> phrases) {
        int last = phrases.size() - 1;
        return last == 0 ? phrases.get(0) : String.join(", ", phrases.subList(0, last)) + " and " + phrases.get(last);
    }

    private static String pick(List<String> choices, RandomGenerator random) {
        return choices.get(random.nextInt(choices.size()));
    }
}
