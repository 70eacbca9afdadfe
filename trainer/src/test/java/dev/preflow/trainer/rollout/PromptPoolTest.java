package dev.preflow.trainer.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.preflow.models.tensor.Noise;
import dev.preflow.schemas.Prompt;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PromptPoolTest {
    private static final double FLOOR = 0.2;
    private static final int DRAWS = 30_000;

    private final PromptPool pool =
            new PromptPool(3, FLOOR, prompt -> !prompt.getText().equals("held out"));

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

    /** How often a text is drawn, relative to {@code than}. */
    private double often(String text, String than) {
        var random = Noise.generator(2);
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < DRAWS; i++) {
            counts.merge(pool.draw(random).orElseThrow().getText(), 1, Integer::sum);
        }
        return counts.get(text) / (double) counts.get(than);
    }

    @Test
    void shouldDrawPromptsThatHaveLittleLeftToTeachLessOften() {
        add("solved");
        add("half");
        add("unknown");
        pool.learnt("solved", 2);
        for (int i = 0; i < 20; i++) {
            pool.learnt("solved", 0);
        }
        pool.learnt("half", 3);
        pool.learnt("half", 0);

        assertThat(often("half", "unknown")).isCloseTo(0.5, within(0.03));
        assertThat(often("solved", "unknown")).isCloseTo(FLOOR, within(0.02));
    }

    @Test
    void shouldMeasureAPromptByItselfAlone() {
        add("many objects");
        add("one object");
        pool.learnt("many objects", 3);
        pool.learnt("one object", 0.3);

        assertThat(often("one object", "many objects")).isCloseTo(1, within(0.04));
    }

    @Test
    void shouldComeBackToAPromptThatIsForgotten() {
        add("forgotten");
        add("unknown");
        pool.learnt("forgotten", 1);
        pool.learnt("forgotten", 0);
        pool.learnt("forgotten", 1);

        assertThat(often("forgotten", "unknown")).isCloseTo(0.75, within(0.03));
    }
}
