package dev.preflow.trainer.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.preflow.models.tensor.Noise;
import dev.preflow.schemas.Prompt;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PromptPoolTest {
    private final PromptPool pool =
            new PromptPool(3, prompt -> !prompt.getText().equals("held out"));

    private void add(String text) {
        pool.add(new Prompt("id of " + text, text, "test", Instant.EPOCH));
    }

    private Set<String> drawn() {
        var random = Noise.generator(1);
        Set<String> texts = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            pool.draw(random).ifPresent(prompt -> texts.add(prompt.getText()));
        }
        return texts;
    }

    @Test
    void shouldNeverDrawAHeldOutPrompt() {
        add("held out");
        assertThat(drawn()).isEmpty();

        add("a");
        add("held out");

        assertThat(drawn()).containsExactly("a");
    }

    @Test
    void shouldKeepTheNewest() {
        for (String text : "a b c d e f g".split(" ")) {
            add(text);
        }

        assertThat(pool.size()).isEqualTo(3);
        assertThat(drawn()).containsExactlyInAnyOrder("e", "f", "g");
    }
}
