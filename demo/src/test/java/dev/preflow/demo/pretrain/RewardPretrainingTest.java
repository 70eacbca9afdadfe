package dev.preflow.demo.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.preflow.demo.render.SceneRenderer;
import dev.preflow.demo.scene.PromptGrammar;
import dev.preflow.demo.scene.ScenePrompt;
import dev.preflow.demo.scene.Split;
import dev.preflow.models.image.RgbImage;
import dev.preflow.models.reward.VpScore;
import dev.preflow.models.tensor.Noise;
import dev.preflow.models.tensor.Torch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RewardPretrainingTest {
    @Test
    void shouldWriteANetworkThatScoresScenes(@TempDir Path folder) throws Exception {
        List<Double> losses = new ArrayList<>();
        new RewardPretraining(1, 110, 32, Path.of("models/base"), (part, step, steps, loss) -> losses.add(loss))
                .run(folder);
        assertThat(losses).hasSize(110).allSatisfy(loss -> assertThat(loss).isLessThan(1));
        // log 2 is the loss of a network that tells nothing apart
        assertThat(losses.subList(90, 110).stream()
                        .mapToDouble(Double::doubleValue)
                        .average()
                        .orElseThrow())
                .isLessThan(0.68);
        assertThat(folder.resolve("pretraining.json")).content().contains("\"seed\" : 1", "\"steps\" : 110");
        ScenePrompt prompt = new PromptGrammar().sample(Noise.generator(1), Split.HELD_OUT, 1);
        RgbImage image = RgbImage.of(new SceneRenderer().clean(prompt.spec(), Noise.generator(2)));
        try (NDManager manager = Torch.newManager();
                VpScore model = VpScore.load(folder, manager)) {
            assertThat(model.score(List.of(image), List.of(prompt.text()))).hasSize(1);
        }
    }
}
