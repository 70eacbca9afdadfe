package dev.preflow.models.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.image.RgbImage;
import dev.preflow.models.tensor.Autograd;
import dev.preflow.models.tensor.Noise;
import dev.preflow.models.tensor.TestDevice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VpScoreTest {
    private static final String LONG_TEXT = "a picture in red green or blue";

    private final NDManager manager = TestDevice.newManager();
    private final RandomGenerator random = Noise.generator(3);
    private final List<RgbImage> images = new ArrayList<>();
    private VpScore model;

    @BeforeEach
    void create() {
        model = Tiny.model(manager);
        for (int i = 0; i < 4; i++) {
            images.add(Tiny.image(i % 3, random));
        }
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void shouldNameItsParametersAsImageRewardDoes() {
        assertThat(model.parameters().names())
                .contains(
                        "blip.visual_encoder.cls_token",
                        "blip.visual_encoder.pos_embed",
                        "blip.visual_encoder.patch_embed.proj.weight",
                        "blip.visual_encoder.blocks.1.attn.qkv.weight",
                        "blip.visual_encoder.blocks.0.mlp.fc2.bias",
                        "blip.visual_encoder.norm.weight",
                        "blip.text_encoder.embeddings.word_embeddings.weight",
                        "blip.text_encoder.embeddings.LayerNorm.bias",
                        "blip.text_encoder.encoder.layer.0.attention.self.query.weight",
                        "blip.text_encoder.encoder.layer.1.crossattention.self.value.bias",
                        "blip.text_encoder.encoder.layer.1.crossattention.output.LayerNorm.weight",
                        "blip.text_encoder.encoder.layer.0.intermediate.dense.weight",
                        "blip.text_encoder.encoder.layer.0.output.LayerNorm.weight",
                        "mlp.layers.0.weight",
                        "mlp.layers.2.bias");
        VpScore dropping = VpScore.create(Tiny.config(List.of(0.2, 0.1)), Tiny.tokenizer(), manager, 7);
        assertThat(dropping.parameters().names()).contains("mlp.layers.2.weight", "mlp.layers.4.weight");
    }

    @Test
    void shouldScoreAnImageTheSameInAnyBatch() {
        float[] together = model.score(images, List.of("red", LONG_TEXT, "blue", "green"));
        for (int i = 0; i < images.size(); i++) {
            String text = List.of("red", LONG_TEXT, "blue", "green").get(i);
            assertThat(model.score(List.of(images.get(i)), List.of(text))[0]).isEqualTo(together[i], within(1e-5f));
        }
        assertThat(model.score(images.subList(0, 1), List.of("red")))
                .isNotEqualTo(model.score(images.subList(0, 1), List.of("blue")));
    }

    @Test
    void shouldReadWhatItWrites(@TempDir Path folder) throws Exception {
        VpScore scaled = model.calibrated(images, texts(), manager);
        scaled.save(folder);
        VpScore loaded = VpScore.load(folder, manager);
        assertThat(loaded.config()).isEqualTo(scaled.config());
        assertThat(loaded.score(images, texts())).isEqualTo(scaled.score(images, texts()));
    }

    @Test
    void shouldScoreTheSameWhateverTheNumberOfOutputs(@TempDir Path folder) throws Exception {
        float[] expected = model.score(images, texts());
        VpScore four = model.withOutputs(4);
        assertThat(four.config().outputs()).isEqualTo(4);
        assertThat(four.score(images, texts()))
                .usingComparatorWithPrecision(1e-5f)
                .containsExactly(expected);
        four.save(folder);
        VpScore loaded = VpScore.load(folder, manager);
        assertThat(loaded.score(images, texts())).isEqualTo(four.score(images, texts()));
        assertThat(loaded.withOutputs(1).score(images, texts()))
                .usingComparatorWithPrecision(1e-5f)
                .containsExactly(expected);
    }

    @Test
    void shouldScaleScoresToTheReference() {
        float[] scores = model.calibrated(images, texts(), manager).score(images, texts());
        double mean = 0;
        double square = 0;
        for (float score : scores) {
            mean += score / 4.0;
            square += score * score / 4.0;
        }
        assertThat(mean).isEqualTo(0, within(1e-3));
        assertThat(square).isEqualTo(1, within(1e-3));
        assertThatThrownBy(() -> model.calibrated(images.subList(0, 1), List.of("red"), manager))
                .hasMessageContaining("no scale");
    }

    @Test
    void shouldHaveTheGradientsOfItsDifferences() {
        int[] better = {0, 1};
        int[] worse = {2, 3};
        model.parameters().trainable(name -> true);
        NDArray pixels = model.batch(manager, images);
        pixels.setRequiresGradient(true);
        try (Autograd grad = Autograd.enabled()) {
            Autograd.backward(loss(pixels, better, worse));
        }
        model.parameters().asMap().forEach((name, array) -> check(name, array, pixels, better, worse));
        check("pixels", pixels, pixels, better, worse);
    }

    /** Compares the gradient with a central difference along the gradient itself. */
    private void check(String name, NDArray array, NDArray pixels, int[] better, int[] worse) {
        try (NDManager scope = manager.newSubManager();
                Autograd off = Autograd.disabled()) {
            NDArray gradient = array.getGradient();
            gradient.attach(scope);
            float norm = gradient.norm().getFloat();
            if (norm < 1e-4f) {
                return; // the shift of all keys alike changes no attention
            }
            NDArray direction = gradient.div(norm);
            float distance = 2e-3f / norm;
            float reach = Math.min(0.02f, distance);
            array.addi(direction.mul(reach));
            double above = loss(pixels, better, worse).getFloat();
            array.subi(direction.mul(2 * reach));
            double below = loss(pixels, better, worse).getFloat();
            array.addi(direction.mul(reach));
            double slope = (above - below) / (2 * reach);
            assertThat(slope).as(name).isEqualTo(norm, within(0.03 * norm + 3e-5));
        }
    }

    private NDArray loss(NDArray pixels, int[] better, int[] worse) {
        // scaled up, for the differences of a fresh network's scores drown in float32
        return BradleyTerry.loss(model.rawScores(pixels, texts(), null).mul(100), better, worse);
    }

    @Test
    void shouldAcceptImagesOfAnySizeAndKeepTheirGradients() {
        RgbImage grey = new RgbImage(40, 20, filled(3 * 40 * 20, 128));
        RgbImage small = new RgbImage(Tiny.SIDE, Tiny.SIDE, filled(3 * Tiny.SIDE * Tiny.SIDE, 128));
        float[] scores = model.score(List.of(grey, small), List.of("red", "red"));
        assertThat(scores[0]).isEqualTo(scores[1], within(1e-4f));
        try (Autograd grad = Autograd.enabled()) {
            NDArray large = manager.ones(new Shape(2, 3, 24, 32)).mul(0.5);
            large.setRequiresGradient(true);
            Autograd.backward(model.scores(large, List.of("red", "blue")).sum());
            assertThat(large.getGradient().abs().sum().getFloat()).isPositive();
        }
    }

    @Test
    void shouldDropOutOnlyInTrainingAndByItsSeed() {
        VpScore dropping = VpScore.create(Tiny.config(List.of(0.5)), Tiny.tokenizer(), manager, 7);
        NDArray batch = dropping.batch(manager, images);
        float[] first = dropping.rawScores(batch, texts(), Noise.generator(1)).toFloatArray();
        assertThat(dropping.rawScores(batch, texts(), Noise.generator(1)).toFloatArray())
                .isEqualTo(first);
        assertThat(dropping.rawScores(batch, texts(), Noise.generator(2)).toFloatArray())
                .isNotEqualTo(first);
        assertThat(dropping.rawScores(batch, texts(), null).toFloatArray()).isEqualTo(dropping.score(images, texts()));
    }

    @Test
    void shouldRefuseWhatDoesNotFit() {
        assertThatThrownBy(() -> model.score(images, List.of("red"))).hasMessageContaining("4 images with 1 texts");
        assertThatThrownBy(() -> VpScore.create(VpScoreConfig.small(10), Tiny.tokenizer(), manager, 1))
                .hasMessageContaining("vocab_size is 10");
        assertThatThrownBy(() -> VpScoreConfig.small(100).withScale(0, 0)).hasMessageContaining("score_std");
    }

    @Test
    void shouldHaveBelowAMillionParametersInTheSmallPreset() {
        VpScoreConfig config = VpScoreConfig.small(Tiny.tokenizer().vocabularySize());
        try (VpScore small = VpScore.create(config, Tiny.tokenizer(), manager, 1)) {
            assertThat(small.parameters().count()).isBetween(600_000L, 1_000_000L);
        }
        assertThat(VpScoreConfig.imageReward().imageTokens()).isEqualTo(197);
    }

    private static List<String> texts() {
        return List.of("red", "red", "a picture in blue", "blue");
    }

    private static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }
}
