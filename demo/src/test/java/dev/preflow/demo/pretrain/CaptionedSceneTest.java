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
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class CaptionedSceneTest {
    private static final DefectRates HARDLY_ANY = new DefectRates(0, 0, 0, 0, 1e-9);

    private final RandomGenerator random = Noise.generator(1);
    private final SceneJudge judge = new SceneJudge();

    @Test
    void shouldCallCrookedWhatTheJudgeFindsUntrue() {
        List<Double> straight = new ArrayList<>();
        List<Double> crooked = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            ScenePrompt prompt = new PromptGrammar().sample(random, Split.TRAIN, 1);
            CaptionedScene scene = CaptionedScene.render(new SceneRenderer(), prompt.spec(), HARDLY_ANY, random);
            double fidelity = judge.judge(prompt.spec(), scene.image())
                    .of(Aspect.FIDELITY)
                    .score();
            (scene.caption().crooked() ? crooked : straight).add(fidelity);
            assertThat(scene.caption().text(random).contains("crooked"))
                    .isEqualTo(scene.caption().crooked());
        }
        assertThat(mean(straight)).isGreaterThan(4.5);
        // below what counts as right, though the least crooked of them nearly are
        assertThat(mean(crooked)).isLessThan(Verdict.CLEAN_RATING);
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }
}
