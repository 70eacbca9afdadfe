package dev.preflow.demo.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.preflow.demo.render.Defect;
import dev.preflow.demo.scene.Colour;
import dev.preflow.demo.scene.ObjectSpec;
import dev.preflow.demo.scene.PlacedObject;
import dev.preflow.demo.scene.SceneSpec;
import dev.preflow.demo.scene.ShapeKind;
import dev.preflow.models.reward.PatchWords;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SceneGroundingTest {
    private static final ObjectSpec RED_CIRCLE = new ObjectSpec(Colour.RED, ShapeKind.CIRCLE);
    private static final ObjectSpec BLUE_SQUARE = new ObjectSpec(Colour.BLUE, ShapeKind.SQUARE);

    @Test
    void shouldNameWhatEveryPatchShows() {
        List<PatchWords> words = words(
                Set.of(),
                Crookedness.STRAIGHT,
                new PlacedObject(RED_CIRCLE, 16, 16, 8),
                new PlacedObject(BLUE_SQUARE, 44, 44, 2));
        assertThat(word(words.get(0), 2, 2)).isEqualTo("red");
        assertThat(word(words.get(1), 2, 2)).isEqualTo("circle");
        // smaller than a patch
        assertThat(word(words.get(0), 5, 5)).isEqualTo("blue");
        assertThat(word(words.get(1), 5, 5)).isEqualTo("square");
        assertThat(word(words.get(0), 7, 0)).isEqualTo("background");
        assertThat(word(words.get(1), 7, 0)).isEqualTo("background");
        assertThat(word(words.get(2), 2, 2)).isEqualTo("plain");
        assertThat(words.get(2).right()[7]).isEqualTo(-1);
    }

    @Test
    void shouldNameAFaultWhereItIsCertainWhichObjectHasIt() {
        PlacedObject circle = new PlacedObject(RED_CIRCLE, 16, 16, 8);
        PlacedObject square = new PlacedObject(BLUE_SQUARE, 44, 44, 8);
        List<PatchWords> mangled = words(Set.of(), Crookedness.MANGLED, circle, square);
        assertThat(word(mangled.get(2), 2, 2)).isEqualTo("mangled");
        assertThat(word(mangled.get(2), 5, 5)).isEqualTo("plain");
        assertThat(word(mangled.get(3), 5, 5)).isEqualTo("soft");
        assertThat(mangled.get(3).right()[7]).isEqualTo(-1);
        assertThat(word(
                        words(Set.of(Defect.DEFORMED), Crookedness.STRAIGHT, circle)
                                .get(2),
                        2,
                        2))
                .isEqualTo("squashed");
        assertThat(words(Set.of(Defect.DEFORMED), Crookedness.STRAIGHT, circle, square)
                        .get(2)
                        .right())
                .containsOnly(-1);
    }

    /** The words for objects of which the first has that outline. */
    private static List<PatchWords> words(Set<Defect> striking, Crookedness outline, PlacedObject... objects) {
        ObjectSpec[] specs = List.of(objects).stream().map(PlacedObject::what).toArray(ObjectSpec[]::new);
        List<Crookedness> outlines = new ArrayList<>(Collections.nCopies(objects.length, Crookedness.STRAIGHT));
        outlines.set(0, outline);
        SceneGrounding grounding = new SceneGrounding(8);
        grounding.add(new CaptionedScene(
                new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB),
                new SceneCaption(SceneSpec.of(specs), striking, outline, Sharpness.SOFT),
                List.of(objects),
                outlines));
        return grounding.words();
    }

    private static String word(PatchWords words, int column, int row) {
        return words.choices().get(words.right()[8 * row + column]);
    }
}
