package dev.preflow.demo.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.preflow.demo.judge.Aspect;
import dev.preflow.demo.judge.SceneJudge;
import dev.preflow.demo.judge.Verdict;
import dev.preflow.demo.render.DefectRates;
import dev.preflow.demo.render.SceneRenderer;
import dev.preflow.demo.scene.PromptGrammar;
import dev.preflow.demo.scene.ScenePrompt;
import dev.preflow.demo.scene.Split;
import dev.preflow.models.tensor.Noise;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class CaptionedSceneTest {
    private static final DefectRates HARDLY_ANY = new DefectRates(0, 0, 0, 0, 1e-9);

    private final RandomGenerator random = Noise.generator(1);
    private final SceneJudge judge = new SceneJudge();

    @Test
    void shouldCallCrookedAndSoftWhatTheJudgeFindsUntrue() {
        Map<Crookedness, List<Double>> fidelities = new EnumMap<>(Crookedness.class);
        List<Double> soft = new ArrayList<>();
        for (int i = 0; i < 800; i++) {
            ScenePrompt prompt = new PromptGrammar().sample(random, Split.TRAIN, 1);
            CaptionedScene scene = CaptionedScene.render(new SceneRenderer(), prompt.spec(), HARDLY_ANY, random);
            double fidelity = judge.judge(prompt.spec(), scene.image())
                    .of(Aspect.FIDELITY)
                    .score();
            Crookedness outlines = scene.caption().outlines();
            Sharpness sharpness = scene.caption().sharpness();
            String text = scene.caption().text(random);
            assertThat(text.contains(", " + outlines.word())).isEqualTo(outlines != Crookedness.STRAIGHT);
            assertThat(text.contains(", " + sharpness.word())).isEqualTo(sharpness != Sharpness.SHARP);
            if (sharpness == Sharpness.SHARP) {
                fidelities
                        .computeIfAbsent(outlines, degree -> new ArrayList<>())
                        .add(fidelity);
            } else if (outlines == Crookedness.STRAIGHT) {
                soft.add(fidelity);
            }
        }
        Map<Crookedness, Double> means = new EnumMap<>(Crookedness.class);
        fidelities.forEach((degree, own) -> means.put(degree, mean(own)));
        assertThat(means).hasSize(Crookedness.values().length);
        assertThat(means.get(Crookedness.STRAIGHT)).isGreaterThan(4.5);
        assertThat(means.get(Crookedness.CROOKED)).isLessThan(Verdict.CLEAN_RATING);
        assertThat(List.copyOf(means.values()))
                .as("each degree is worse than the one before")
                .isSortedAccordingTo(Comparator.reverseOrder());
        assertThat(mean(soft)).isLessThan(Verdict.CLEAN_RATING);
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }
}
