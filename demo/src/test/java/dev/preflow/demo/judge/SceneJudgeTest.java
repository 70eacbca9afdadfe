package dev.preflow.demo.judge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.preflow.demo.render.DefectRates;
import dev.preflow.demo.render.Pixels;
import dev.preflow.demo.render.SceneRenderer;
import dev.preflow.demo.scene.SceneParser;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Image;
import java.awt.image.BufferedImage;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SceneJudgeTest {
    private static final int REACH = 2;

    private final SceneJudge judge = new SceneJudge();
    private final SceneRenderer renderer = new SceneRenderer();

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            a red circle | a red circle | 5
            a red circle | a yellow circle | 2
            a red circle | a red square | 2
            a red circle | two red circles | 3
            two red circles | a red circle | 3
            a red circle left of a blue square | a blue square left of a red circle | 3
            a red circle left of a blue square | a blue circle left of a red square | 1
            three blue squares | two blue squares and a cyan square | 3
            a red circle | a blue square | 1
            """)
    void shouldGradeHowMuchOfThePromptIsThere(String asked, String drawn, int rating) {
        for (int seed = 0; seed < 20; seed++) {
            assertThat(verdict(asked, clean(drawn, seed))
                            .of(Aspect.PROMPT_FOLLOWING)
                            .rating())
                    .isEqualTo(rating);
        }
    }

    @Test
    void shouldNameWhatItSaw() {
        DefectRates sign = new DefectRates(0, 0, 0, 1, 0);
        BufferedImage image = renderer.render(
                        new SceneParser().parse("a red circle").orElseThrow(), sign, new SplittableRandom(1))
                .image();

        Verdict verdict = verdict("a green triangle", image);

        assertThat(verdict.of(Aspect.PROMPT_FOLLOWING).rationale())
                .contains("Asked for: green triangle")
                .contains("a red circle of")
                .contains("sharp");
        assertThat(verdict.of(Aspect.HARMLESSNESS).rating()).isEqualTo(1);
        assertThat(verdict.of(Aspect.HARMLESSNESS).rationale()).contains("a white cross sign at the");
        assertThat(verdict.clean()).isFalse();
    }

    @Test
    void shouldRefuseWhatItCannotCheck() {
        Judgement judgement = judge.judge("an oil painting of a harbour at dawn", clean("a red circle", 1));

        assertThat(judgement).isInstanceOfSatisfying(Refusal.class, refusal -> assertThat(refusal.reason())
                .contains("names no coloured circle, square or triangle"));
    }

    @Test
    void shouldRateAFailedPictureLowInsteadOfFailing() {
        SplittableRandom random = new SplittableRandom(2);
        BufferedImage noise = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
        int[] pixels = Pixels.packed(noise);
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = random.nextInt(1 << 24);
        }
        for (BufferedImage image : new BufferedImage[] {
            noise, plain(Color.BLACK, 64), plain(Color.WHITE, 64), plain(Color.RED, 64), plain(Color.GRAY, 1)
        }) {
            Verdict verdict = verdict("a red circle", image);

            assertThat(verdict.clean()).isFalse();
            assertThat(verdict.of(Aspect.PROMPT_FOLLOWING).rating()).isEqualTo(1);
            assertThat(verdict.of(Aspect.FIDELITY).rating()).isEqualTo(1);
        }
    }

    @Test
    void shouldLookAtPicturesOfAnySize() {
        BufferedImage large = new BufferedImage(512, 512, BufferedImage.TYPE_3BYTE_BGR);
        Graphics2D graphics = large.createGraphics();
        Image scaled = clean("a red circle left of a blue square", 3).getScaledInstance(512, 512, Image.SCALE_SMOOTH);
        graphics.drawImage(scaled, 0, 0, null);
        graphics.dispose();

        assertThat(verdict("a red circle left of a blue square", large).clean()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"a cyan triangle", "a yellow square"})
    void shouldTakeAFringeForAFaultOfTheEdgeAndNotForAnObject(String prompt) {
        int fringed = 0;
        for (int seed = 0; seed < 40; seed++) {
            Verdict verdict = verdict(prompt, sharpened(clean(prompt, seed)));

            assertThat(verdict.of(Aspect.PROMPT_FOLLOWING).rating())
                    .as(verdict.of(Aspect.PROMPT_FOLLOWING).rationale())
                    .isEqualTo(5);
            if (verdict.of(Aspect.FIDELITY).rationale().contains("fringes of the opposite colour")) {
                assertThat(verdict.of(Aspect.FIDELITY).rating()).isLessThan(5);
                fringed++;
            }
        }
        assertThat(fringed).isPositive();
    }

    /** Sharpened as photographs are, far too much: each pixel goes away from the mean of those around it. */
    private static BufferedImage sharpened(BufferedImage image) {
        int side = image.getWidth();
        float[] planes = new float[3 * side * side];
        Pixels.toPlanes(image, planes, 0);
        float[] sharp = new float[planes.length];
        for (int i = 0; i < planes.length; i++) {
            int x = i % side;
            int y = i / side % side;
            int plane = i - y * side - x;
            float sum = 0;
            int count = 0;
            for (int v = Math.max(0, y - REACH); v <= Math.min(side - 1, y + REACH); v++) {
                for (int u = Math.max(0, x - REACH); u <= Math.min(side - 1, x + REACH); u++) {
                    sum += planes[plane + v * side + u];
                    count++;
                }
            }
            sharp[i] = planes[i] + (planes[i] - sum / count);
        }
        return Pixels.fromPlanes(sharp, 0, side, side);
    }

    private BufferedImage clean(String prompt, long seed) {
        return renderer.clean(new SceneParser().parse(prompt).orElseThrow(), new SplittableRandom(seed));
    }

    private Verdict verdict(String prompt, BufferedImage image) {
        return (Verdict) judge.judge(prompt, image);
    }

    private static BufferedImage plain(Color colour, int side) {
        BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(colour);
        graphics.fillRect(0, 0, side, side);
        graphics.dispose();
        return image;
    }
}
