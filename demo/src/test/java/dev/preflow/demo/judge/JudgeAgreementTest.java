package dev.preflow.demo.judge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.preflow.demo.render.DefectRates;
import dev.preflow.demo.render.GaussianBlur;
import dev.preflow.demo.render.Pixels;
import dev.preflow.demo.render.RenderedScene;
import dev.preflow.demo.render.SceneRenderer;
import dev.preflow.demo.scene.PromptGrammar;
import dev.preflow.demo.scene.ScenePrompt;
import dev.preflow.demo.scene.Split;
import java.awt.image.BufferedImage;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class JudgeAgreementTest {
    private static final Logger LOG = LoggerFactory.getLogger(JudgeAgreementTest.class);
    private final PromptGrammar grammar = new PromptGrammar();
    private final SceneRenderer renderer = new SceneRenderer();
    private final SceneJudge judge = new SceneJudge();

    /** Generated pictures are never as crisp as rendered ones: the judge must stand mild blur and noise. */
    @ParameterizedTest
    @CsvSource({"1, 0, 0, 2000", "2, 0, 0, 2000", "3, 0, 0, 2000", "1, 0.7, 4, 800", "2, 0.7, 4, 800", "3, 0.7, 4, 800"
    })
    void shouldAgreeWithTheTruth(int objects, double blur, double noise, int images) {
        SplittableRandom random = new SplittableRandom(100 + objects);
        int[] defective = new int[Aspect.values().length];
        int[] misses = new int[Aspect.values().length];
        int[] falseAlarms = new int[Aspect.values().length];
        for (int i = 0; i < images; i++) {
            ScenePrompt prompt = grammar.sample(random, i % 4 == 0 ? Split.HELD_OUT : Split.TRAIN, objects);
            RenderedScene scene = renderer.render(prompt.spec(), DefectRates.MIXTURE, random);
            degrade(scene.image(), blur, noise, random);
            Verdict verdict = (Verdict) judge.judge(prompt.text(), scene.image());
            for (Aspect aspect : Aspect.values()) {
                boolean right = Truth.right(scene, aspect);
                defective[aspect.ordinal()] += right ? 0 : 1;
                misses[aspect.ordinal()] += !right && verdict.right(aspect) ? 1 : 0;
                falseAlarms[aspect.ordinal()] += right && !verdict.right(aspect) ? 1 : 0;
            }
        }
        for (Aspect aspect : Aspect.values()) {
            int k = aspect.ordinal();
            LOG.info(
                    "{} objects, blur {}, noise {}: {} false alarms {} of {}, misses {} of {}",
                    objects,
                    blur,
                    noise,
                    aspect,
                    falseAlarms[k],
                    images - defective[k],
                    misses[k],
                    defective[k]);
            assertThat(1 - (misses[k] + falseAlarms[k]) / (double) images)
                    .as("agreement in %s", aspect)
                    .isGreaterThanOrEqualTo(0.98);
            assertThat(misses[k] / (double) defective[k])
                    .as("misses in %s", aspect)
                    .isLessThanOrEqualTo(0.02);
            assertThat(falseAlarms[k] / (double) (images - defective[k]))
                    .as("false alarms in %s", aspect)
                    .isLessThanOrEqualTo(0.02);
        }
    }

    private static void degrade(BufferedImage image, double blur, double noise, RandomGenerator random) {
        if (blur == 0) {
            return;
        }
        GaussianBlur.apply(image, blur);
        int[] pixels = Pixels.packed(image);
        for (int i = 0; i < pixels.length; i++) {
            int rgb = 0;
            for (int shift = 16; shift >= 0; shift -= 8) {
                long value = Math.round((pixels[i] >> shift & 255) + noise * random.nextGaussian());
                rgb = rgb << 8 | (int) Math.max(0, Math.min(255, value));
            }
            pixels[i] = rgb;
        }
    }
}
