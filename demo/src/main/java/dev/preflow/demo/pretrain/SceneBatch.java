package dev.preflow.demo.pretrain;

import dev.preflow.demo.render.DefectRates;
import dev.preflow.demo.render.Pixels;
import dev.preflow.demo.render.SceneRenderer;
import dev.preflow.demo.scene.PromptGrammar;
import dev.preflow.demo.scene.ScenePrompt;
import dev.preflow.demo.scene.Split;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Rendered training examples.
 *
 * @param planes pixels in [-1, 1], {@code size·3·64·64} values in the order image, channel, row, column
 * @param captions what each image is said to show
 */
record SceneBatch(float[] planes, List<String> captions) {
    /** Values of one image. */
    static final int IMAGE = 3 * SceneRenderer.SIDE * SceneRenderer.SIDE;

    /** Renders prompts of the training side of the split, with defects at the given rates. */
    static SceneBatch draw(int size, DefectRates rates, PromptGrammar.Weights weights, RandomGenerator random) {
        PromptGrammar grammar = new PromptGrammar();
        SceneRenderer renderer = new SceneRenderer();
        float[] planes = new float[size * IMAGE];
        List<String> captions = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            ScenePrompt prompt = grammar.sample(random, Split.TRAIN, weights);
            Pixels.toPlanes(renderer.render(prompt.spec(), rates, random).image(), planes, i * IMAGE);
            captions.add(prompt.text());
        }
        return new SceneBatch(planes, captions);
    }
}
