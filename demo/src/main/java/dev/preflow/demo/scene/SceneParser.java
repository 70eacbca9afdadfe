package dev.preflow.demo.scene;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a prompt's text. Only a colour directly before a shape names an object; a prompt that says much else, which nobody
 * could check by looking for coloured shapes, gives nothing rather than half of its meaning.
 */
public final class SceneParser {
    /** Words beside the objects that change nothing. */
    private static final Set<String> FILLERS = Set.of(
            ("a an the and with of on in is are there that it its to at one single simple small big large plain flat clean sharp"
                            + " picture image photo photograph drawing illustration painting rendering render icon graphic background"
                            + " grey gray neutral please draw show paint me next beside showing shows containing scene exactly just only")
                    .split(" "));

    private static final Set<String> NEGATIONS = Set.of("no", "not", "without", "except", "never", "instead");
    private static final Map<String, Integer> COUNTS =
            Map.of("a", 1, "an", 1, "one", 1, "1", 1, "two", 2, "2", 2, "three", 3, "3", 3);
    private static final Map<String, Colour> COLOURS = colours();
    private static final Map<String, ShapeKind> SHAPES = shapes();
    private static final Set<String> PLURALS = Set.of("circles", "squares", "triangles", "discs", "disks");
    private static final Map<List<String>, Relation> RELATIONS = Map.of(
            List.of("left", "of"), Relation.LEFT_OF,
            List.of("right", "of"), Relation.RIGHT_OF,
            List.of("on", "top", "of"), Relation.ABOVE,
            List.of("above"), Relation.ABOVE,
            List.of("over"), Relation.ABOVE,
            List.of("below"), Relation.BELOW,
            List.of("under"), Relation.BELOW,
            List.of("beneath"), Relation.BELOW);
    private static final Pattern TOKEN = Pattern.compile("[\\p{L}\\p{M}]+|\\p{N}+");
    /** "Red Square, Moscow" may pass; a paragraph may not. */
    private static final int MOST_UNKNOWN_WORDS = 2;

    /** The specification that a text names, or nothing when it names none that can be checked. */
    public Optional<SceneSpec> parse(String text) {
        List<String> words = words(text);
        List<ObjectSpec> objects = new ArrayList<>();
        List<Relation> relations = new ArrayList<>();
        int mentions = 0;
        int unknown = 0;
        int i = 0;
        while (i < words.size()) {
            String word = words.get(i);
            Optional<Map.Entry<List<String>, Relation>> relation = relationAt(words, i);
            if (NEGATIONS.contains(word)) {
                return Optional.empty();
            } else if (isObject(words, i)) {
                int count = count(words, i);
                if (count == 0) {
                    return Optional.empty();
                }
                ObjectSpec object = new ObjectSpec(COLOURS.get(word), SHAPES.get(words.get(i + 1)));
                for (int n = 0; n < count; n++) {
                    objects.add(object);
                }
                mentions++;
                i += 2;
            } else if (relation.isPresent()) {
                if (mentions != 1) {
                    return Optional.empty();
                }
                relations.add(relation.get().getValue());
                i += relation.get().getKey().size();
            } else if (COLOURS.containsKey(word) || SHAPES.containsKey(word)) {
                // of something that is not understood, as the red one in "a red and a blue circle"
                return Optional.empty();
            } else {
                boolean counts = COUNTS.containsKey(word) && isObject(words, i + 1);
                unknown += counts || FILLERS.contains(word) ? 0 : 1;
                i++;
            }
        }
        boolean checkable = !objects.isEmpty()
                && objects.size() <= SceneSpec.MOST_OBJECTS
                && unknown <= MOST_UNKNOWN_WORDS
                && (relations.isEmpty() || isPair(relations, objects));
        return checkable ? Optional.of(new SceneSpec(objects, relations.stream().findFirst())) : Optional.empty();
    }

    private static boolean isPair(List<Relation> relations, List<ObjectSpec> objects) {
        return relations.size() == 1 && objects.size() == 2 && !objects.get(0).equals(objects.get(1));
    }

    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        Matcher matcher = TOKEN.matcher(text.toLowerCase(Locale.ROOT));
        while (matcher.find()) {
            words.add(matcher.group());
        }
        return words;
    }

    private static boolean isObject(List<String> words, int i) {
        return i + 1 < words.size() && COLOURS.containsKey(words.get(i)) && SHAPES.containsKey(words.get(i + 1));
    }

    /** How many objects the colour word at i counts, 0 when number and count word contradict each other. */
    private static int count(List<String> words, int i) {
        boolean plural = PLURALS.contains(words.get(i + 1));
        int count = i == 0 ? 1 : COUNTS.getOrDefault(words.get(i - 1), 1);
        return plural == count > 1 ? count : 0;
    }

    private static Optional<Map.Entry<List<String>, Relation>> relationAt(List<String> words, int i) {
        return RELATIONS.entrySet().stream()
                .filter(e -> i + e.getKey().size() <= words.size()
                        && words.subList(i, i + e.getKey().size()).equals(e.getKey()))
                .findFirst();
    }

    private static Map<String, Colour> colours() {
        Map<String, Colour> colours = new HashMap<>();
        for (Colour colour : Colour.values()) {
            colours.put(colour.word(), colour);
        }
        colours.put("violet", Colour.PURPLE);
        return Map.copyOf(colours);
    }

    private static Map<String, ShapeKind> shapes() {
        Map<String, ShapeKind> shapes = new HashMap<>();
        for (ShapeKind shape : ShapeKind.values()) {
            shapes.put(shape.word(), shape);
            shapes.put(shape.plural(), shape);
        }
        List.of("disc", "disk", "discs", "disks").forEach(disc -> shapes.put(disc, ShapeKind.CIRCLE));
        return Map.copyOf(shapes);
    }
}
