package dev.preflow.trainer.rollout;

import dev.preflow.models.tensor.Noise;
import dev.preflow.schemas.GenerationTask;
import dev.preflow.schemas.Ids;
import dev.preflow.schemas.Prompt;
import dev.preflow.schemas.Purpose;
import dev.preflow.trainer.ppo.RolloutForm;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** Writes the tasks of rollout groups: several images of one prompt, drawn alike by exactly one policy release. */
public final class RolloutRequester {
    private final String generator;
    private final int groupSize;
    private final RolloutForm form;
    private final Clock clock;

    /**
     * A writer of tasks.
     *
     * @param generator name of the policy in the generators' pool
     * @param groupSize images of a group, at least 2
     * @param form how they are drawn
     */
    public RolloutRequester(String generator, int groupSize, RolloutForm form, Clock clock) {
        if (groupSize < 2) {
            throw new IllegalArgumentException(
                    "A rollout group of " + groupSize + " has nothing to compare: give 2 or more");
        }
        this.generator = generator;
        this.groupSize = groupSize;
        this.form = form;
        this.clock = clock;
    }

    /**
     * The tasks of a group.
     *
     * @param prompt what to draw
     * @param release the policy release that must draw it
     * @param guidanceScale classifier-free guidance of all images; 1 is none
     * @param seed of the group; the images' seeds follow from it
     */
    public List<GenerationTask> group(Prompt prompt, String release, float guidanceScale, long seed) {
        String group = Ids.id("rollout-group", List.of(prompt.getId(), release, Long.toString(seed)));
        List<GenerationTask> tasks = new ArrayList<>();
        for (int index = 0; index < groupSize; index++) {
            long imageSeed = Noise.derive(seed, index);
            tasks.add(GenerationTask.newBuilder()
                    .setId(Ids.imageId(prompt.getId(), generator, index, imageSeed, group))
                    .setPromptId(prompt.getId())
                    .setPromptText(prompt.getText())
                    .setPurpose(Purpose.ROLLOUT)
                    .setGenerator(generator)
                    .setIndex(index)
                    .setGroupSize(groupSize)
                    .setRolloutGroup(group)
                    .setPolicyRelease(release)
                    .setSeed(imageSeed)
                    .setGuidanceScale(guidanceScale)
                    .setSteps(form.steps())
                    .setStochasticSteps(form.stochasticSteps())
                    .setEta(form.eta())
                    .setCreatedAt(clock.instant().truncatedTo(ChronoUnit.MILLIS))
                    .build());
        }
        return tasks;
    }
}
