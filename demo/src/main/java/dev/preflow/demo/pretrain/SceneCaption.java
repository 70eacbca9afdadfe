package dev.preflow.demo.pretrain;

import dev.preflow.demo.render.Defect;
import dev.preflow.demo.render.RenderedScene;
import dev.preflow.demo.scene.ObjectSpec;
import dev.preflow.demo.scene.PlacedObject;
import dev.preflow.demo.scene.SceneSpec;
import dev.preflow.demo.scene.Wording;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * Says what a picture shows, as captions on the web do: the objects in the colours that they really have, and what strikes the
 * eye besides them.
 *
 * @param drawn the objects
 * @param striking what else is said
 * @param outlines what is said of the worst outline
 * @param sharpness what is said of the edges
 */
record SceneCaption(SceneSpec drawn, Set<Defect> striking, Crookedness outlines, Sharpness sharpness) {
    private static final Map<Defect, String> WORDS = new EnumMap<>(Map.of(
            Defect.DEFORMED, "squashed",
            Defect.FORBIDDEN_SIGN, "with a white cross",
            Defect.TINY, "tiny",
            Defect.CUT, "cut off"));

    /** The truth about a picture. */
    static SceneCaption of(RenderedScene scene, Crookedness outlines, Sharpness sharpness) {
        ObjectSpec[] objects =
                scene.scene().objects().stream().map(PlacedObject::what).toArray(ObjectSpec[]::new);
        Set<Defect> striking = EnumSet.noneOf(Defect.class);
        scene.defects().stream().filter(WORDS::containsKey).forEach(striking::add);
        return new SceneCaption(
                new SceneSpec(List.of(objects), scene.scene().spec().relation()), striking, outlines, sharpness);
    }

    /** Every word that captions use beyond the prompts'. */
    static List<String> words() {
        List<String> words = new ArrayList<>(WORDS.values());
        for (Crookedness degree : Crookedness.values()) {
            words.add(degree.word());
        }
        for (Sharpness degree : Sharpness.values()) {
            words.add(degree.word());
        }
        return words;
    }

    /** The same text for all captions that mean the same. */
    String meaning() {
        return drawn.canonical() + new TreeSet<>(striking) + outlines + sharpness;
    }

    /** The caption in words. */
    String text(RandomGenerator random) {
        StringBuilder text = new StringBuilder(Wording.of(drawn, random));
        WORDS.forEach((kind, words) -> text.append(striking.contains(kind) ? ", " + words : ""));
        text.append(outlines == Crookedness.STRAIGHT ? "" : ", " + outlines.word());
        return text.append(sharpness == Sharpness.SHARP ? "" : ", " + sharpness.word())
                .toString();
    }
}
