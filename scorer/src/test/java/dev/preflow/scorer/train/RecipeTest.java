package dev.preflow.scorer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.preflow.scorer.ScorerSettings;
import dev.preflow.stream.config.Config;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecipeTest {
    private static Recipe recipe(Map<String, String> settings) {
        return Recipe.of(Config.with(ScorerSettings.ALL).overrides(settings).build());
    }

    @Test
    void shouldBeThePapersOverAPublishedNetwork() {
        Recipe recipe = recipe(Map.of(ScorerSettings.INITIAL.key(), "ImageReward.pt"));

        assertThat(recipe.batch()).isEqualTo(64);
        assertThat(recipe.microBatch()).isEqualTo(16);
        assertThat(recipe.settings().frozenFraction()).isEqualTo(0.7);
        assertThat(recipe.settings().shift()).isZero();
        assertThat(recipe.settings().learningRate().at(0)).isEqualTo(1e-5, within(1e-12));
        // half a cosine from 1e-5 to 1e-6
        assertThat(recipe.settings().learningRate().at(5_000)).isEqualTo(5.5e-6, within(1e-12));
        assertThat(recipe.settings().learningRate().at(1_000_000)).isEqualTo(1e-6, within(1e-12));
    }

    @Test
    void shouldBeASmallNetworksOverRandomWeights() {
        Recipe recipe = recipe(Map.of());

        assertThat(recipe.microBatch()).isEqualTo(recipe.batch());
        assertThat(recipe.settings().frozenFraction()).isZero();
        assertThat(recipe.settings().learningRate().at(59)).isEqualTo(1e-3, within(1e-9));
        assertThat(recipe.settings().learningRate().at(1_000_000)).isEqualTo(1e-3, within(1e-9));
    }

    @Test
    void shouldBeWhatTheSettingsSay() {
        Recipe recipe = recipe(Map.of(
                ScorerSettings.INITIAL.key(), "ImageReward.pt",
                ScorerSettings.MICRO_BATCH.key(), "8",
                ScorerSettings.LEARNING_RATE.key(), "0.001",
                ScorerSettings.WARM_UP.key(), "10",
                ScorerSettings.FLOOR.key(), "1",
                ScorerSettings.FROZEN.key(), "0"));

        assertThat(recipe.microBatch()).isEqualTo(8);
        assertThat(recipe.settings().frozenFraction()).isZero();
        assertThat(recipe.settings().learningRate().at(0)).isEqualTo(1e-4, within(1e-12));
        assertThat(recipe.settings().learningRate().at(9_999)).isEqualTo(1e-3, within(1e-12));
    }
}
