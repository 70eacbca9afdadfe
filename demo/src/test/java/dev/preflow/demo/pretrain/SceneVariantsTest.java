package dev.preflow.demo.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.preflow.demo.scene.PromptGrammar;
import dev.preflow.demo.scene.SceneParser;
import dev.preflow.demo.scene.SceneSpec;
import dev.preflow.demo.scene.Split;
import dev.preflow.models.tensor.Noise;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class SceneVariantsTest {
    private final RandomGenerator random = Noise.generator(1);

    @Test
    void shouldChangeTheMeaningAndStayOnTheTrainingSide() {
        PromptGrammar grammar = new PromptGrammar();
        int changed = 0;
        for (int i = 0; i < 500; i++) {
            SceneSpec spec = grammar.sample(random, Split.TRAIN, PromptGrammar.Weights.DEFAULT)
                    .spec();
            SceneSpec variant = SceneVariants.of(spec, random);
            assertThat(Split.of(variant)).isEqualTo(Split.TRAIN);
            assertThat(Math.abs(variant.objects().size() - spec.objects().size()))
                    .isLessThanOrEqualTo(1);
            changed += variant.canonical().equals(spec.canonical()) ? 0 : 1;
        }
        assertThat(changed).isGreaterThan(490);
    }

    @Test
    void shouldExchangeColoursReverseRelationsAndCount() {
        SceneSpec spec = spec("a red circle left of a blue square");
        Set<String> variants = new TreeSet<>();
        for (int i = 0; i < 2000; i++) {
            variants.add(SceneVariants.of(spec, random).canonical());
        }
        assertThat(variants)
                .contains("blue circle left of red square", "blue square left of red circle")
                .allMatch(variant -> !variant.contains(" and "));
    }

    private static SceneSpec spec(String prompt) {
        return new SceneParser().parse(prompt).orElseThrow();
    }
}
