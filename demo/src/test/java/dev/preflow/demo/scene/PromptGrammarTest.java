package dev.preflow.demo.scene;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PromptGrammarTest {
    private final PromptGrammar grammar = new PromptGrammar();
    private final SceneParser parser = new SceneParser();

    @Test
    void shouldBeReadBackByTheParserInEveryWording() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 6000; i++) {
            ScenePrompt prompt = grammar.sample(random, i % 2 == 0 ? Split.TRAIN : Split.HELD_OUT, 1 + i % 3);

            assertThat(parser.parse(prompt.text()).map(SceneSpec::canonical))
                    .as(prompt.text())
                    .contains(prompt.spec().canonical());
        }
    }

    @Test
    void shouldKeepTheSplitsDisjointInMeaningAndText() {
        SplittableRandom random = new SplittableRandom(2);
        Set<String> texts = new HashSet<>();
        Set<String> meanings = new HashSet<>();
        for (int i = 0; i < 20_000; i++) {
            ScenePrompt prompt = grammar.sample(random, Split.TRAIN, PromptGrammar.Weights.DEFAULT);
            texts.add(prompt.text());
            meanings.add(prompt.spec().canonical());
        }
        for (int i = 0; i < 3000; i++) {
            ScenePrompt prompt = grammar.sample(random, Split.HELD_OUT, PromptGrammar.Weights.DEFAULT);

            assertThat(texts.contains(prompt.text())).as(prompt.text()).isFalse();
            assertThat(meanings.contains(prompt.spec().canonical()))
                    .as(prompt.text())
                    .isFalse();
        }
    }

    @Test
    void shouldPutTurnedRelationsOnTheSameSide() {
        ObjectSpec circle = new ObjectSpec(Colour.RED, ShapeKind.CIRCLE);
        ObjectSpec square = new ObjectSpec(Colour.BLUE, ShapeKind.SQUARE);

        assertThat(SceneSpec.of(circle, Relation.LEFT_OF, square).canonical())
                .isEqualTo(SceneSpec.of(square, Relation.RIGHT_OF, circle).canonical())
                .isNotEqualTo(SceneSpec.of(circle, Relation.RIGHT_OF, square).canonical());
        assertThat(SceneSpec.of(circle, square).canonical())
                .isEqualTo(SceneSpec.of(square, circle).canonical());
    }

    @Test
    void shouldHoldOutSinglesOfEveryShapeInDifferentColours() {
        List<ObjectSpec> heldOut = grammar.singles(Split.HELD_OUT).stream()
                .map(spec -> spec.objects().get(0))
                .toList();

        assertThat(heldOut).hasSizeBetween(4, 8);
        assertThat(heldOut).extracting(ObjectSpec::colour).doesNotHaveDuplicates();
        assertThat(heldOut).extracting(ObjectSpec::shape).contains(ShapeKind.values());
        assertThat(grammar.singles(Split.TRAIN)).hasSize(18 - heldOut.size());
    }

    @Test
    void shouldHoldOutAboutOneInSixOfEveryNumberOfObjects() {
        SplittableRandom random = new SplittableRandom(3);
        for (int objects = 2; objects <= 3; objects++) {
            Set<String> all = new HashSet<>();
            for (int i = 0; i < 3000; i++) {
                all.add(grammar.sample(random, Split.TRAIN, objects).spec().canonical());
            }
            Set<String> heldOut = new HashSet<>();
            for (int i = 0; i < 600; i++) {
                heldOut.add(
                        grammar.sample(random, Split.HELD_OUT, objects).spec().canonical());
            }
            assertThat(heldOut.size()).isGreaterThan(100);
            assertThat(all).doesNotContainAnyElementsOf(heldOut);
        }
    }

    @Test
    void shouldGiveTheSameEvaluationPromptsEveryTime() {
        for (int objects = 1; objects <= 3; objects++) {
            List<ScenePrompt> prompts = grammar.evaluation(objects, 16);

            assertThat(prompts)
                    .isEqualTo(new PromptGrammar().evaluation(objects, 16))
                    .doesNotHaveDuplicates();
            assertThat(prompts).allMatch(p -> Split.of(p.spec()) == Split.HELD_OUT);
        }
    }

    @Test
    void shouldDrawNumbersOfObjectsByWeight() {
        SplittableRandom random = new SplittableRandom(4);
        PromptGrammar.Weights weights = new PromptGrammar.Weights(1, 0, 3);
        int[] counts = new int[4];
        for (int i = 0; i < 4000; i++) {
            counts[grammar.sample(random, Split.TRAIN, weights).spec().objects().size()]++;
        }

        assertThat(counts[1]).isBetween(900, 1100);
        assertThat(counts[2]).isZero();
    }
}
