package dev.preflow.producers.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.preflow.schemas.GenerationTask;
import dev.preflow.schemas.Ids;
import dev.preflow.schemas.Prompt;
import dev.preflow.schemas.Purpose;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlannerTest {

    private static final GeneratorPool POOL = GeneratorPool.of(Map.of("policy", 2.0, "base", 1.0, "weak", 1.0));
    private static final Plan PLAN = new Plan(4, 3, 12, 20, POOL);

    @Test
    void shouldAskForTheVerySameImagesWhenAPromptComesTwice() {
        assertThat(new Planner(PLAN).plan(prompt("p1"))).isEqualTo(new Planner(PLAN).plan(prompt("p1")));
    }

    @Test
    void shouldAskForOtherImagesOfAnotherPrompt() {
        assertThat(seeds("p1")).doesNotContainAnyElementsOf(seeds("p2"));
    }

    @Test
    void shouldNumberTheGroupAndDeriveTheIds() {
        var tasks = new Planner(PLAN).plan(prompt("p1"));

        assertThat(tasks).extracting(GenerationTask::getIndex).containsExactly(0, 1, 2, 3);
        assertThat(tasks).allSatisfy(task -> {
            assertThat(task.getGroupSize()).isEqualTo(4);
            assertThat(task.getPurpose()).isEqualTo(Purpose.JUDGE);
            assertThat(task.getPromptId()).isEqualTo("p1");
            assertThat(task.getPromptText()).isEqualTo("a fox");
            assertThat(task.getSteps()).isEqualTo(20);
            assertThat(task.getId()).isEqualTo(Ids.imageId("p1", task.getGenerator(), task.getIndex(), task.getSeed()));
        });
    }

    @Test
    void shouldDrawGuidanceUniformlyAndGeneratorsByWeight() {
        var planner = new Planner(PLAN);
        var tasks = IntStream.range(0, 2_500)
                .mapToObj(i -> planner.plan(prompt("prompt-" + i)))
                .flatMap(List::stream)
                .toList();

        assertThat(tasks).allSatisfy(task -> assertThat(task.getGuidanceScale()).isBetween(3f, 12f));
        var guidance =
                tasks.stream().mapToDouble(GenerationTask::getGuidanceScale).summaryStatistics();
        // of 10,000 uniform draws the mean's standard error is 0.026
        assertThat(guidance.getAverage()).isCloseTo(7.5, within(0.13));
        assertThat(guidance.getMin()).isLessThan(3.05);
        assertThat(guidance.getMax()).isGreaterThan(11.95);
        long policy = tasks.stream()
                .filter(task -> task.getGenerator().equals("policy"))
                .count();
        assertThat(policy / 10_000.0).isCloseTo(0.5, within(0.025));
    }

    @Test
    void shouldRefuseSettingsOutOfRange() {
        assertThatThrownBy(() -> new Plan(0, 3, 12, 20, POOL)).hasMessageContaining("at least 1 image");
        assertThatThrownBy(() -> new Plan(4, 12, 3, 20, POOL)).hasMessageContaining("12.0 to 3.0");
        assertThatThrownBy(() -> new Plan(4, 3, Float.NaN, 20, POOL)).hasMessageContaining("NaN");
        assertThatThrownBy(() -> new Plan(4, 3, 12, 0, POOL)).hasMessageContaining("at least 1 denoising step");
        assertThatThrownBy(() -> GeneratorPool.of(Map.of())).hasMessageContaining("names no generator");
        assertThatThrownBy(() -> GeneratorPool.of(Map.of("policy", 0.0))).hasMessageContaining("'policy'");
    }

    @Test
    void shouldFindWhatIsWrongWithAPrompt() {
        var rules = new PromptRules(10, 4);

        assertThat(rules.violation("a fox")).isEmpty();
        assertThat(rules.violation("🦊🦊🦊🦊🦊")).isEmpty();
        assertThat(reason(rules, "")).isEqualTo("empty-prompt");
        assertThat(reason(rules, " \t\u00a0\u200b\ufeff\u0000\n")).isEqualTo("empty-prompt");
        assertThat(reason(rules, "a long story")).isEqualTo("prompt-too-long");
        assertThat(reason(rules, "a \ud83e")).isEqualTo("malformed-prompt");
        assertThat(reason(rules, "\udd8a fox")).isEqualTo("malformed-prompt");
        // 64 images would carry 65 times 20,000 bytes
        var many = new PromptRules(10_000, 64);
        assertThat(many.violation("л".repeat(5_000))).isEmpty();
        assertThat(reason(many, "л".repeat(10_000))).isEqualTo("prompt-too-long");
    }

    private static String reason(PromptRules rules, String text) {
        return rules.violation(text).orElseThrow().reason();
    }

    private static List<Long> seeds(String promptId) {
        return new Planner(PLAN)
                .plan(prompt(promptId)).stream().map(GenerationTask::getSeed).toList();
    }

    private static Prompt prompt(String id) {
        return new Prompt(id, "a fox", "test", Instant.ofEpochMilli(1_000));
    }
}
