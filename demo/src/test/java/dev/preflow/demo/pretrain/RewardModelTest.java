package dev.preflow.demo.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.preflow.demo.render.DefectRates;
import dev.preflow.demo.render.GaussianBlur;
import dev.preflow.demo.render.SceneRenderer;
import dev.preflow.demo.scene.PromptGrammar;
import dev.preflow.demo.scene.ScenePrompt;
import dev.preflow.demo.scene.Split;
import dev.preflow.models.image.RgbImage;
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
    private static final double STRAIGHT = 0.3;
    private static final int PAIRS = 400;

    private final SceneRenderer renderer = new SceneRenderer();
    private final RandomGenerator random = Noise.generator(5);

    @ParameterizedTest
    @CsvSource({"2, 0.75", "3, 0.85", "4, 0.92"})
    void shouldPreferStraightOutlinesOfHeldOutScenes(double crooked, double least) throws Exception {
        PromptGrammar grammar = new PromptGrammar();
        List<RgbImage> images = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < PAIRS; i++) {
            ScenePrompt prompt = grammar.sample(random, Split.HELD_OUT, PromptGrammar.Weights.DEFAULT);
            images.add(scene(prompt, STRAIGHT));
            images.add(scene(prompt, crooked));
            texts.add(prompt.text());
            texts.add(prompt.text());
        }
        try (NDManager manager = Torch.newManager();
                VpScore model = VpScore.load(MODEL, manager)) {
            float[] scores = model.score(images, texts);
            int right = 0;
            for (int i = 0; i < scores.length; i += 2) {
                right += scores[i] > scores[i + 1] ? 1 : 0;
            }
            System.out.printf("outlines displaced by %.0f pixels are told in %d of %d%n", crooked, right, PAIRS);
            assertThat(right / (double) PAIRS).isGreaterThan(least);
        }
    }

    private RgbImage scene(ScenePrompt prompt, double displaced) {
        BufferedImage image =
                renderer.render(prompt.spec(), DefectRates.NONE, random).image();
        Wobble.apply(image, displaced, random);
        GaussianBlur.apply(image, random.nextDouble(0.2, 0.8));
        return RgbImage.of(image);
    }
}
