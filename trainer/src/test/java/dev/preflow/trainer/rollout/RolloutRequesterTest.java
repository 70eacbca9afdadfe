package dev.preflow.trainer.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.preflow.schemas.GenerationTask;
import dev.preflow.schemas.Prompt;
import dev.preflow.schemas.Purpose;
import dev.preflow.trainer.ppo.RolloutForm;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RolloutRequesterTest {
    private static final Prompt PROMPT = new Prompt("p1", "a red circle", "test", Instant.EPOCH);

    private final RolloutRequester requester =
            new RolloutRequester("policy", 4, new RolloutForm(8, 4, 0.7f), new MovableClock());

    @Test
    void shouldAskForImagesOfOnePromptByOneReleaseAlike() {
        List<GenerationTask> tasks = requester.group(PROMPT, "release-3", 2.5f, 7);

        assertThat(tasks).hasSize(4).allSatisfy(task -> {
            assertThat(task.getPurpose()).isEqualTo(Purpose.ROLLOUT);
            assertThat(task.getGenerator()).isEqualTo("policy");
            assertThat(task.getPolicyRelease()).isEqualTo("release-3");
            assertThat(task.getPromptText()).isEqualTo("a red circle");
            assertThat(task.getGroupSize()).isEqualTo(4);
            assertThat(task.getSteps()).isEqualTo(8);
            assertThat(task.getStochasticSteps()).isEqualTo(4);
            assertThat(task.getGuidanceScale()).isEqualTo(2.5f);
            assertThat(task.getEta()).isEqualTo(0.7f);
        });
        assertThat(tasks)
                .extracting(GenerationTask::getRolloutGroup)
                .containsOnly(tasks.get(0).getRolloutGroup());
        assertThat(tasks).extracting(GenerationTask::getIndex).containsExactly(0, 1, 2, 3);
        assertThat(tasks).extracting(GenerationTask::getSeed).doesNotHaveDuplicates();
        assertThat(tasks).extracting(GenerationTask::getId).doesNotHaveDuplicates();
    }

    @Test
    void shouldAskForTheSameAgainAfterARestart() {
        RolloutRequester other = new RolloutRequester("policy", 4, new RolloutForm(8, 4, 0.7f), Clock.systemUTC());

        assertThat(other.group(PROMPT, "release-3", 2.5f, 7))
                .extracting(GenerationTask::getId)
                .containsExactlyElementsOf(requester.group(PROMPT, "release-3", 2.5f, 7).stream()
                        .map(GenerationTask::getId)
                        .toList());
        assertThat(requester.group(PROMPT, "release-3", 2.5f, 8))
                .extracting(GenerationTask::getRolloutGroup)
                .doesNotContain(
                        requester.group(PROMPT, "release-3", 2.5f, 7).get(0).getRolloutGroup());
    }

    @Test
    void shouldRefuseGroupsOfOne() {
        assertThatThrownBy(() -> new RolloutRequester("policy", 1, new RolloutForm(8, 4, 1), Clock.systemUTC()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
