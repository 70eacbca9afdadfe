package dev.preflow.demo.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.preflow.demo.scene.PlacedObject;
import dev.preflow.demo.scene.PromptGrammar;
import dev.preflow.demo.scene.SceneSpec;
import dev.preflow.demo.scene.Split;
import java.awt.image.BufferedImage;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SceneRendererTest {
    private final PromptGrammar grammar = new PromptGrammar();
    private final SceneRenderer renderer = new SceneRenderer();

    @Test
    void shouldDrawTheSamePictureFromTheSameRandomState() {
        SceneSpec spec = grammar.sample(new SplittableRandom(1), Split.TRAIN, 3).spec();

        RenderedScene one = renderer.render(spec, DefectRates.MIXTURE, new SplittableRandom(2));
        RenderedScene other = renderer.render(spec, DefectRates.MIXTURE, new SplittableRandom(2));

        assertThat(Pixels.packed(one.image())).isEqualTo(Pixels.packed(other.image()));
        assertThat(one.scene()).isEqualTo(other.scene());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void shouldLeaveAboutAThirdOfTheMixtureClean(int objects) {
        SplittableRandom random = new SplittableRandom(3);
        Set<Defect> seen = EnumSet.noneOf(Defect.class);
        int clean = 0;
        for (int i = 0; i < 3000; i++) {
            RenderedScene scene =
                    renderer.render(grammar.sample(random, Split.TRAIN, objects).spec(), DefectRates.MIXTURE, random);
            clean += scene.clean() ? 1 : 0;
            seen.addAll(scene.defects());
        }

        assertThat(clean / 3000.0).isBetween(0.33, 0.39);
        assertThat(seen)
                .isEqualTo(
                        objects == 1
                                ? EnumSet.complementOf(EnumSet.of(Defect.SWAPPED_COLOURS))
                                : EnumSet.allOf(Defect.class));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void shouldKeepCleanObjectsApartInsideTheFrameAndInRelation(int objects) {
        SplittableRandom random = new SplittableRandom(4);
        for (int i = 0; i < 1000; i++) {
            SceneSpec spec = grammar.sample(random, Split.TRAIN, objects).spec();
            List<PlacedObject> placed =
                    renderer.render(spec, DefectRates.NONE, random).scene().objects();

            assertThat(placed).extracting(PlacedObject::what).isEqualTo(spec.objects());
            assertThat(placed)
                    .allMatch(o -> Math.min(o.x(), o.y()) > o.size()
                            && Math.max(o.x(), o.y()) < SceneRenderer.SIDE - o.size());
            spec.relation().ifPresent(relation -> {
                PlacedObject a = placed.get(0);
                PlacedObject b = placed.get(1);
                assertThat(relation.along(a.x() - b.x(), a.y() - b.y()))
                        .isGreaterThan(relation.across(a.x() - b.x(), a.y() - b.y()));
            });
        }
    }

    @Test
    void shouldMeanSomethingElseWhenAColourIsWrong() {
        SplittableRandom random = new SplittableRandom(5);
        DefectRates wrong = new DefectRates(1, 0.5, 0, 0, 0);
        for (int i = 0; i < 2000; i++) {
            SceneSpec spec = grammar.sample(random, Split.TRAIN, 1 + i % 3).spec();
            RenderedScene scene = renderer.render(spec, wrong, random);
            SceneSpec drawn = new SceneSpec(
                    scene.scene().objects().stream().map(PlacedObject::what).toList(), spec.relation());

            assertThat(drawn.canonical()).isNotEqualTo(spec.canonical());
        }
    }

    @Test
    void shouldTurnPicturesIntoPlanesAndBack() {
        SceneSpec spec = grammar.sample(new SplittableRandom(6), Split.TRAIN, 2).spec();
        BufferedImage image = renderer.clean(spec, new SplittableRandom(7));
        int side = SceneRenderer.SIDE;
        float[] planes = new float[1 + 3 * side * side];

        Pixels.toPlanes(image, planes, 1);

        assertThat(planes[1]).isEqualTo((Pixels.packed(image)[0] >> 16 & 255) / 127.5f - 1);
        BufferedImage back = Pixels.fromPlanes(planes, 1, side, side);
        assertThat(back.getRGB(0, 0, side, side, null, 0, side))
                .isEqualTo(image.getRGB(0, 0, side, side, null, 0, side));
    }

    @Test
    void shouldRejectRatesThatAreNoProbabilities() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DefectRates(0.2, 0.5, Double.NaN, 0, 0))
                .withMessageContaining("NaN");
    }

    @Test
    void shouldPutAllPicturesOnAContactSheet() {
        SceneSpec spec = grammar.sample(new SplittableRandom(8), Split.TRAIN, 1).spec();
        BufferedImage image = renderer.clean(spec, new SplittableRandom(9));
        ContactSheet.Entry entry = new ContactSheet.Entry(image, "one\ntwo\nthree\nfour is cut");

        BufferedImage sheet = new ContactSheet(2, SceneRenderer.SIDE).draw(List.of(entry, entry, entry));

        assertThat(sheet.getWidth()).isEqualTo(2 * SceneRenderer.SIDE + 18);
        assertThat(sheet.getRGB(6 + 30, 6 + 30)).isEqualTo(image.getRGB(30, 30));
        assertThat(new ContactSheet(2, 64).png(List.of(entry))).startsWith(0x89, 'P', 'N', 'G');
    }
}
