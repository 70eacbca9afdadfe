package dev.preflow.app.eval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.preflow.demo.scene.ScenePrompt;
import dev.preflow.demo.scene.Split;
import dev.preflow.models.pipeline.GenerationRequest;
import org.junit.jupiter.api.Test;

class EvalPlanTest {

    @Test
    void shouldDrawHeldOutPromptsOnly() {
        assertThat(EvalPlan.full(3).prompts())
                .hasSize(EvalPlan.full(3).images())
                .allSatisfy(prompt -> assertThat(Split.of(prompt.spec())).isEqualTo(Split.HELD_OUT));
    }

    @Test
    void shouldDrawAsManyImagesOfEachNumberOfObjectsAsItSays() {
        EvalPlan plan = EvalPlan.quick(1);
        int[] expected = {plan.one(), plan.two(), plan.three()};
        for (int objects = 1; objects <= expected.length; objects++) {
            int wanted = objects;
            assertThat(plan.prompts().stream()
                            .filter(prompt -> prompt.spec().objects().size() == wanted))
                    .hasSize(expected[objects - 1]);
        }
    }

    @Test
    void shouldDrawEveryPromptOftenEnoughForDiversity() {
        EvalPlan plan = EvalPlan.full(1);
        for (ScenePrompt prompt : plan.prompts()) {
            assertThat(plan.prompts().stream().filter(prompt::equals)).hasSizeGreaterThanOrEqualTo(4);
        }
    }

    @Test
    void shouldAskForTheSameEveryTimeWithASeedOfItsOwnForEveryImage() {
        EvalPlan plan = EvalPlan.quick(3);
        assertThat(plan.requests()).isEqualTo(EvalPlan.quick(3).requests());
        assertThat(plan.requests().stream().map(GenerationRequest::seed).distinct())
                .hasSize(plan.images());
        assertThat(plan.requests())
                .allMatch(request -> request.guidanceScale() == 3)
                .extracting(GenerationRequest::seed)
                .isEqualTo(EvalPlan.quick(1).requests().stream()
                        .map(GenerationRequest::seed)
                        .toList());
    }
}
