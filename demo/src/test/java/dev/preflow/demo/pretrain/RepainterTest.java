package dev.preflow.demo.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.preflow.demo.judge.Aspect;
import dev.preflow.demo.judge.SceneJudge;
import dev.preflow.demo.judge.Verdict;
import dev.preflow.demo.render.SceneRenderer;
import dev.preflow.demo.scene.PromptGrammar;
import dev.preflow.demo.scene.ScenePrompt;
import dev.preflow.demo.scene.Split;
import dev.preflow.models.image.RgbImage;
import dev.preflow.models.pipeline.DiffusionPipeline;
import dev.preflow.models.tensor.Noise;
import dev.preflow.models.tensor.Torch;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class RepainterTest {
    private static final int SCENES = 40;

    private final RandomGenerator random = Noise.generator(1);

    @Test
    void shouldPaintTheSameThingsInAnotherHand() {
        List<ScenePrompt> prompts = new ArrayList<>();
        List<BufferedImage> scenes = new ArrayList<>();
        for (int i = 0; i < SCENES; i++) {
            prompts.add(new PromptGrammar().sample(random, Split.TRAIN, 1));
            scenes.add(new SceneRenderer().clean(prompts.get(i).spec(), random));
        }
        try (NDManager manager = Torch.newManager();
                DiffusionPipeline base = DiffusionPipeline.load(Path.of("models/base"), "base", manager)) {
            List<RgbImage> painted = new Repainter(base).repaint(scenes, Noise.generator(2));
            int right = 0;
            for (int i = 0; i < SCENES; i++) {
                Verdict verdict = new SceneJudge()
                        .judge(prompts.get(i).spec(), painted.get(i).toBufferedImage());
                right += verdict.of(Aspect.PROMPT_FOLLOWING).score() > Verdict.CLEAN_RATING ? 1 : 0;
                assertThat(painted.get(i)).isNotEqualTo(RgbImage.of(scenes.get(i)));
            }
            assertThat(right).isGreaterThan(SCENES * 9 / 10);
            assertThat(new Repainter(base).repaint(scenes, Noise.generator(2))).isEqualTo(painted);
        }
    }
}
