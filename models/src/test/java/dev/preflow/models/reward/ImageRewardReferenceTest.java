package dev.preflow.models.reward;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.preflow.models.image.RgbImage;
import dev.preflow.models.reference.Reference;
import dev.preflow.models.tensor.Autograd;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.TestDevice;
import dev.preflow.models.weights.SafetensorsReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** VP-Score's structure beside ImageReward's published code, on a small network in its form. */
class ImageRewardReferenceTest {
    private static final double CLOSE = 1e-4;
    private static final List<String> PROMPTS =
            List.of("a red circle above a blue square", "two green triangles, 3 cyan squares (café)!");

    private final NDManager manager = TestDevice.newManager();
    private VpScore model;
    private Parameters expected;

    @BeforeEach
    void load() throws IOException {
        Path folder = Reference.folder("imagereward");
        model = VpScore.load(folder, manager);
        expected = SafetensorsReader.readAll(folder.resolve(Reference.VALUES), manager);
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void shouldScoreAsImageRewardDoes() throws IOException {
        List<RgbImage> images = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        for (String prompt : PROMPTS) {
            for (RgbImage image : images()) {
                images.add(image);
                texts.add(prompt);
            }
        }

        NDArray scores = manager.create(model.score(images, texts));

        assertThat(Reference.difference(scores, expected.get("rewards"))).isLessThan(CLOSE);
        try (VpScore published = VpScore.load(Reference.folder("imagereward").resolve("ImageReward.pt"), manager)) {
            assertThat(manager.create(published.score(images, texts))).isEqualTo(scores);
        }
    }

    @Test
    void shouldHaveTheGradientsOfImageReward() {
        List<String> trained =
                model.parameters().trainable(name -> !name.contains("vision_proj") && !name.contains("text_proj"));
        try (Autograd on = Autograd.enabled()) {
            NDArray scores =
                    model.rawScores(model.batch(manager, images()), List.of(PROMPTS.get(0), PROMPTS.get(0)), null);
            Autograd.backward(BradleyTerry.loss(scores, new int[] {0}, new int[] {1}));
        }

        assertThat(trained).hasSizeGreaterThan(80);
        for (String name : trained) {
            NDArray gradient = model.parameters().get(name).getGradient();
            NDArray reference = expected.get("gradient." + name);
            // a key's bias moves no attention, and the head's last bias no difference: their gradients are rounding
            if (reference.abs().max().getFloat() > 1e-6) {
                assertThat(Reference.difference(gradient, reference)).as(name).isLessThan(CLOSE);
            } else {
                assertThat(gradient.abs().max().getFloat()).as(name).isLessThan(1e-5f);
            }
        }
    }

    @Test
    void shouldPrepareImagesAsImageRewardDoes() {
        NDArray large =
                expected.get("large").toType(DataType.FLOAT32, true).div(255).expandDims(0);
        NDArray prepared = ImagePreprocessing.normalise(
                ImagePreprocessing.fit(large, model.config().imageSize()));

        NDArray off = prepared.sub(expected.get("prepared")).abs();

        // Pillow rounds to whole levels after the rows and after the columns; one level is 0.015 here
        assertThat(off.max().getFloat()).isLessThan(0.035f);
        assertThat(off.mean().getFloat()).isLessThan(0.01f);
    }

    private List<RgbImage> images() {
        NDArray pixels = expected.get("pixels");
        int side = model.config().imageSize();
        List<RgbImage> images = new ArrayList<>();
        for (int i = 0; i < pixels.getShape().get(0); i++) {
            images.add(new RgbImage(side, side, pixels.get(i).toByteArray()));
        }
        return images;
    }
}
