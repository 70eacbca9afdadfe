package dev.preflow.models.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class PatchWordsTest {
    @Test
    void shouldWeighEveryWordTheSame() {
        PatchWords words = new PatchWords(List.of("red", "blue"), new int[] {0, 0, -1, 1});
        assertThat(words.weights()).containsExactly(0.25f, 0, 0.25f, 0, 0, 0, 0, 0.5f);
    }

    @Test
    void shouldRefuseAWordThatIsNoChoice() {
        assertThatThrownBy(() -> new PatchWords(List.of("red"), new int[] {1})).hasMessageContaining("no choice 1");
    }
}
