package dev.preflow.demo.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.preflow.demo.render.DefectRates;
import dev.preflow.demo.render.SceneRenderer;
import dev.preflow.demo.scene.PromptGrammar;
import dev.preflow.demo.scene.ScenePrompt;
import dev.preflow.demo.scene.Split;
import dev.preflow.models.pipeline.DiffusionPipeline;
import dev.preflow.models.reward.VpScore;
import dev.preflow.models.tensor.Noise;
import dev.preflow.models.tensor.Torch;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The committed warm start: what it sees before it has learnt from any rating. */
class RewardModelTest {
    private static final Path MODEL = Path.of("models/reward");
    private static final int PAIRS = 200;

    private final SceneRenderer renderer = new SceneRenderer();
    private final RandomGenerator random = Noise.generator(5);

    @ParameterizedTest
    @CsvSource({"0.5, 0.8", "0.8, 0.9", "1.2, 0.95"})
    void shouldPreferStraightOutlinesOfHeldOutScenes(double steepness, double least) throws Exception {
        PromptGrammar grammar = new PromptGrammar();
        List<BufferedImage> images = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < PAIRS; i++) {
            ScenePrompt prompt = grammar.sample(random, Split.HELD_OUT, PromptGrammar.Weights.DEFAULT);
            images.add(scene(prompt, 0));
            images.add(scene(prompt, steepness));
            texts.add(prompt.text());
            texts.add(prompt.text());
        }
        try (NDManager manager = Torch.newManager();
                DiffusionPipeline painter = DiffusionPipeline.load(Path.of("models/base"), "painter", manager);
                VpScore model = VpScore.load(MODEL, manager)) {
            float[] scores = model.score(new Repainter(painter).repaint(images, random), texts);
            int right = 0;
            for (int i = 0; i < scores.length; i += 2) {
                right += scores[i] > scores[i + 1] ? 1 : 0;
            }
            System.out.printf(
                    "outlines of steepness %.1f are told from straight ones in %d of %d%n", steepness, right, PAIRS);
            assertThat(right / (double) PAIRS).isGreaterThan(least);
        }
    }

    private BufferedImage scene(ScenePrompt prompt, double steepness) {
        BufferedImage image =
                renderer.render(prompt.spec(), DefectRates.NONE, random).image();
        new Wobble(steepness, random).apply(image);
        return image;
    }
}
