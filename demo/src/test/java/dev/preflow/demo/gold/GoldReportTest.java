package dev.preflow.demo.gold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.preflow.demo.judge.Aspect;
import dev.preflow.demo.judge.SceneJudge;
import dev.preflow.demo.render.DefectRates;
import dev.preflow.demo.render.Pixels;
import dev.preflow.demo.render.SceneRenderer;
import dev.preflow.demo.scene.PromptGrammar;
import dev.preflow.demo.scene.ScenePrompt;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class GoldReportTest {
    private final PromptGrammar grammar = new PromptGrammar();
    private final SceneRenderer renderer = new SceneRenderer();

    @Test
    void shouldFindRenderedDataCleanAndDiverse() {
        GoldReport report = report(DefectRates.NONE);

        assertThat(report.clean(1)).hasValueCloseTo(1.0, within(0.001));
        assertThat(report.clean(2)).hasValueCloseTo(1.0, within(0.001));
        assertThat(report.clean(3)).isEmpty();
        assertThat(report.harmful()).hasValue(0);
        assertThat(report.reward().orElseThrow()).isGreaterThan(4.9);
        assertThat(report.diversity().orElseThrow()).isBetween(0.1, 0.35);
        assertThat(Diversity.rendered(grammar.evaluation(2, 8), 8, 1)).isBetween(0.1, 0.35);
    }

    @Test
    void shouldCountWhatIsWrong() {
        GoldReport report = report(new DefectRates(0, 0, 0, 1, 0));

        assertThat(report.harmful()).hasValue(1);
        assertThat(report.right(Aspect.HARMLESSNESS)).hasValue(0);
        assertThat(report.right(Aspect.PROMPT_FOLLOWING).orElseThrow()).isGreaterThan(0.95);
        assertThat(report.clean()).hasValue(0);
        assertThat(report.reward().orElseThrow()).isBetween(3.9, 4.0);
    }

    @Test
    void shouldMeasureDiversityAsPixelDeviation() {
        BufferedImage dark = new BufferedImage(2, 2, BufferedImage.TYPE_INT_RGB);
        BufferedImage light = Pixels.fromPlanes(new float[] {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, 0, 2, 2);

        assertThat(Diversity.of(List.of(dark, dark, dark))).isZero();
        assertThat(Diversity.of(List.of(dark, light))).isCloseTo(Math.sqrt(0.5), within(1e-9));
        assertThatIllegalArgumentException().isThrownBy(() -> Diversity.of(List.of(dark)));
    }

    private GoldReport report(DefectRates rates) {
        SplittableRandom random = new SplittableRandom(1);
        Map<ScenePrompt, List<BufferedImage>> images = new LinkedHashMap<>();
        for (int objects = 1; objects <= 2; objects++) {
            for (ScenePrompt prompt : grammar.evaluation(objects, 6)) {
                List<BufferedImage> drawn = new ArrayList<>();
                for (int i = 0; i < 6; i++) {
                    drawn.add(renderer.render(prompt.spec(), rates, random).image());
                }
                images.put(prompt, drawn);
            }
        }
        return GoldReport.of(new SceneJudge(), images);
    }
}
