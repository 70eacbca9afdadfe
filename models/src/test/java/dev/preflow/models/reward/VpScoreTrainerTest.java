package dev.preflow.models.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.preflow.models.image.RgbImage;
import dev.preflow.models.optim.LearningRate;
import dev.preflow.models.optim.NonFiniteException;
import dev.preflow.models.tensor.Noise;
import dev.preflow.models.tensor.TestDevice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VpScoreTrainerTest {
    private final NDManager manager = TestDevice.newManager();

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void shouldLearnWhichImageTheTextNames() {
        PreferenceBatch heldOut = Tiny.pairs(200, 999);
        try (VpScoreTrainer trainer = trainer(List.of(), 0);
                VpScore before = trainer.snapshot(manager)) {
            assertThat(accuracy(before, heldOut)).isBetween(0.2, 0.8);
            double after = 0;
            for (int step = 0; step < 600 && after <= 0.95; step++) {
                trainer.step(Tiny.pairs(24, step));
                if (step % 50 == 49) {
                    try (VpScore served = trainer.snapshot(manager)) {
                        after = accuracy(served, heldOut);
                    }
                }
            }
            assertThat(after).isGreaterThan(0.9);
        }
    }

    @Test
    void shouldLearnEachOutputFromItsOwnPairs() {
        VpScore model = Tiny.model(manager).withOutputs(2);
        try (VpScoreTrainer trainer = new VpScoreTrainer(model, settings(0))) {
            for (int step = 0; step < 60; step++) {
                trainer.step(twoOpinions(16, step));
            }
            PreferenceBatch heldOut = twoOpinions(50, 999);
            OutputTable table =
                    OutputTable.of(model.outputs(model.batch(manager, heldOut.images()), heldOut.texts(), null));
            // they contradict each other, so that one output could be right of half of the pairs only
            assertThat(BradleyTerry.accuracy(
                            table.values().toFloatArray(),
                            table.places(heldOut.better(), heldOut.outputs()),
                            table.places(heldOut.worse(), heldOut.outputs())))
                    .isGreaterThan(0.9);
        }
    }

    /** By output 0 red is better than blue, by output 1 blue than red. */
    private static PreferenceBatch twoOpinions(int pairs, long seed) {
        RandomGenerator random = Noise.generator(seed);
        List<RgbImage> images = new ArrayList<>();
        int[] better = new int[2 * pairs];
        int[] worse = new int[2 * pairs];
        int[] outputs = new int[2 * pairs];
        for (int i = 0; i < better.length; i++) {
            boolean first = i % 2 == 0;
            if (first) {
                images.add(Tiny.image(0, random));
                images.add(Tiny.image(2, random));
            }
            better[i] = i;
            worse[i] = first ? i + 1 : i - 1;
            outputs[i] = i % 2;
        }
        return new PreferenceBatch(images, Collections.nCopies(images.size(), "picture"), better, worse, outputs);
    }

    @Test
    void shouldRefuseAPairAboutAnOutputThatIsNotThere() {
        try (VpScoreTrainer trainer = trainer(List.of(), 0)) {
            assertThatThrownBy(() -> trainer.step(twoOpinions(2, 1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the network has 1");
        }
    }

    @Test
    void shouldKnowACheckpointOfAnotherNetwork(@TempDir Path folder) throws Exception {
        try (VpScoreTrainer one = trainer(List.of(), 0);
                VpScoreTrainer four = new VpScoreTrainer(Tiny.model(manager).withOutputs(4), settings(0))) {
            one.save(folder);
            assertThat(one.fits(folder)).isTrue();
            assertThat(four.fits(folder)).isFalse();
        }
    }

    @Test
    void shouldContinueAsTheUninterruptedRunWould(@TempDir Path folder) throws Exception {
        try (VpScoreTrainer uninterrupted = trainer(List.of(0.2), 0);
                VpScoreTrainer before = trainer(List.of(0.2), 0);
                VpScoreTrainer after = trainer(List.of(0.2), 0)) {
            for (int step = 0; step < 6; step++) {
                uninterrupted.step(Tiny.pairs(8, step));
            }
            for (int step = 0; step < 3; step++) {
                before.step(Tiny.pairs(8, step));
            }
            before.save(folder);
            after.restore(folder);
            assertThat(after.steps()).isEqualTo(3);
            for (int step = 3; step < 6; step++) {
                after.step(Tiny.pairs(8, step));
            }
            PreferenceBatch pairs = Tiny.pairs(8, 50);
            try (VpScore expected = uninterrupted.snapshot(manager);
                    VpScore resumed = after.snapshot(manager)) {
                assertThat(resumed.score(pairs.images(), pairs.texts()))
                        .isEqualTo(expected.score(pairs.images(), pairs.texts()));
            }
        }
    }

    @Test
    void shouldTakeTheSameStepWhenABatchIsAccumulatedInParts() {
        PreferenceBatch first = Tiny.pairs(6, 1);
        PreferenceBatch second = Tiny.pairs(2, 2);
        PreferenceBatch.Builder joined = new PreferenceBatch.Builder();
        for (PreferenceBatch part : List.of(first, second)) {
            for (int i = 0; i < part.pairs(); i++) {
                joined.pair(
                        part.texts().get(part.better()[i]),
                        part.images().get(part.better()[i]),
                        part.images().get(part.worse()[i]));
            }
        }
        try (VpScoreTrainer whole = trainer(List.of(), 0);
                VpScoreTrainer parts = trainer(List.of(), 0)) {
            VpScoreTrainer.Step expected = whole.step(joined.build());
            VpScoreTrainer.Step step = parts.step(List.of(first, second));
            assertThat(step.loss()).isEqualTo(expected.loss(), within(1e-5f));
            assertThat(step.gradientNorm()).isEqualTo(expected.gradientNorm(), within(1e-4f * expected.gradientNorm()));
        }
    }

    @Test
    void shouldTakeTheSameStepsOnSeveralDevices() {
        VpScoreTrainer.Settings settings =
                new VpScoreTrainer.Settings(LearningRate.constant(1e-2, 1), 0.01, 1, 0.9, 0.5, 0.1, 5);
        List<PreferenceBatch> parts = List.of(Tiny.pairs(6, 1), Tiny.pairs(2, 2), Tiny.pairs(4, 3));
        try (VpScoreTrainer one = new VpScoreTrainer(dropping(), settings);
                VpScoreTrainer two =
                        new VpScoreTrainer(dropping(), settings, Collections.nCopies(2, manager.getDevice()))) {
            List<Float> losses = new ArrayList<>();
            for (int step = 0; step < 6; step++) {
                VpScoreTrainer.Step expected = one.step(parts);
                VpScoreTrainer.Step actual = two.step(parts);
                assertThat(actual.loss()).isEqualTo(expected.loss(), within(1e-4f));
                assertThat(actual.accuracy()).isEqualTo(expected.accuracy(), within(1e-9));
                assertThat(actual.gradientNorm())
                        .isEqualTo(expected.gradientNorm(), within(1e-3f * expected.gradientNorm()));
                losses.add(actual.loss());
            }
            // a replica that missed a step would show in the next
            assertThat(Collections.max(losses) - Collections.min(losses)).isGreaterThan(1e-2f);
        }
    }

    private VpScore dropping() {
        return VpScore.create(Tiny.config(List.of(0.2)), Tiny.tokenizer(), manager, 7);
    }

    @Test
    void shouldRefuseALossThatIsNotFiniteOnAnyDevice() {
        VpScore model = Tiny.model(manager);
        model.parameters().get("mlp.layers.0.bias").addi(Float.NaN);
        try (VpScoreTrainer trainer =
                new VpScoreTrainer(model, settings(0), Collections.nCopies(2, manager.getDevice()))) {
            assertThatThrownBy(() -> trainer.step(List.of(Tiny.pairs(4, 1), Tiny.pairs(4, 2))))
                    .isInstanceOf(NonFiniteException.class);
            assertThat(trainer.steps()).isZero();
        }
    }

    @Test
    void shouldMatchImagesAndCaptions() {
        try (VpScoreTrainer trainer = trainer(List.of(), 0)) {
            List<RgbImage> images = new ArrayList<>();
            List<String> captions = new ArrayList<>();
            RandomGenerator random = Noise.generator(4);
            for (int i = 0; i < 12; i++) {
                images.add(Tiny.image(i % 3, random));
                captions.add(Tiny.text(i % 3));
            }
            float first = trainer.matchingStep(images, captions, 3, List.of()).loss();
            float last = first;
            for (int step = 0; step < 30; step++) {
                last = trainer.matchingStep(images, captions, 3, List.of()).loss();
            }
            assertThat(last).isLessThan(0.8f * first);
        }
    }

    @Test
    void shouldTellByWordsWhatPatchesShow() {
        VpScore model = Tiny.model(manager);
        RandomGenerator random = Noise.generator(4);
        List<RgbImage> images = new ArrayList<>();
        List<String> captions = new ArrayList<>();
        int[] shown = new int[12 * 4];
        for (int i = 0; i < 12; i++) {
            images.add(Tiny.image(i % 3, random));
            captions.add(Tiny.text(i % 3));
            Arrays.fill(shown, 4 * i, 4 * i + 4, i % 3);
        }
        PatchWords words = new PatchWords(Tiny.COLOURS, shown);
        try (VpScoreTrainer trainer = new VpScoreTrainer(model, settings(0))) {
            float before = grounding(model, images, words);
            for (int step = 0; step < 30; step++) {
                trainer.matchingStep(images, captions, 3, List.of(words));
            }
            assertThat(grounding(model, images, words)).isLessThan(0.3f * before);
        }
    }

    private float grounding(VpScore model, List<RgbImage> images, PatchWords words) {
        return model.groundingLoss(model.imageTokens(model.batch(manager, images)), words)
                .getFloat();
    }

    @Test
    void shouldRefuseALossThatIsNotFinite() {
        VpScore model = Tiny.model(manager);
        try (VpScoreTrainer trainer = new VpScoreTrainer(model, settings(0))) {
            model.parameters().get("mlp.layers.0.bias").addi(Float.NaN);
            float[] weights = model.parameters().get("mlp.layers.2.weight").toFloatArray();
            assertThatThrownBy(() -> trainer.step(Tiny.pairs(4, 1))).isInstanceOf(NonFiniteException.class);
            assertThat(model.parameters().get("mlp.layers.2.weight").toFloatArray())
                    .isEqualTo(weights);
            assertThat(trainer.steps()).isZero();
        }
    }

    @Test
    void shouldFreezeTheFirstLayersAsImageRewardDoes() {
        VpScore model = Tiny.model(manager);
        Set<String> all = Set.copyOf(model.parameters().names());
        assertThat(FrozenLayers.apply(model.parameters(), model.config(), 0)).hasSameSizeAs(all);
        List<String> trained = FrozenLayers.apply(model.parameters(), model.config(), 0.7);
        assertThat(trained)
                .contains(
                        "blip.visual_encoder.blocks.1.norm1.bias",
                        "blip.visual_encoder.norm.weight",
                        "blip.text_encoder.encoder.layer.1.attention.self.query.bias",
                        "mlp.layers.0.weight")
                .doesNotContain(
                        "blip.visual_encoder.cls_token",
                        "blip.visual_encoder.pos_embed",
                        "blip.visual_encoder.blocks.0.mlp.fc2.bias",
                        "blip.visual_encoder.blocks.1.norm1.weight",
                        "blip.text_encoder.embeddings.word_embeddings.weight",
                        "blip.text_encoder.encoder.layer.0.output.dense.weight",
                        "blip.text_encoder.encoder.layer.1.attention.self.query.weight");
    }

    @Test
    void shouldShiftAnImageAndRepeatItsBorder() {
        byte[] planes = {1, 2, 3, 4, 5, 6, 0, 0, 0, 0, 0, 7, 9, 9, 9, 9, 9, 9};
        RgbImage shifted = RandomShift.shifted(new RgbImage(3, 2, planes), 1, -1);
        assertThat(shifted.planes()).containsExactly(2, 3, 3, 2, 3, 3, 0, 0, 0, 0, 0, 0, 9, 9, 9, 9, 9, 9);
        RgbImage back = RandomShift.shifted(new RgbImage(3, 2, planes), -1, 1);
        assertThat(back.planes()).containsExactly(4, 4, 5, 4, 4, 5, 0, 0, 0, 0, 0, 0, 9, 9, 9, 9, 9, 9);
    }

    private VpScoreTrainer trainer(List<Double> dropout, double frozen) {
        VpScore model = VpScore.create(Tiny.config(dropout), Tiny.tokenizer(), manager, 7);
        return new VpScoreTrainer(model, settings(frozen));
    }

    private static VpScoreTrainer.Settings settings(double frozen) {
        return new VpScoreTrainer.Settings(LearningRate.constant(1e-3, 10), 0.01, 1, 0.9, frozen, 0, 5);
    }

    private static double accuracy(VpScore model, PreferenceBatch pairs) {
        return BradleyTerry.accuracy(model.score(pairs.images(), pairs.texts()), pairs.better(), pairs.worse());
    }
}
