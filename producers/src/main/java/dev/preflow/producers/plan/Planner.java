package dev.preflow.producers.plan;

import dev.preflow.schemas.GenerationTask;
import dev.preflow.schemas.Ids;
import dev.preflow.schemas.Prompt;
import dev.preflow.schemas.Purpose;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Draws the images of a prompt: k of them, each by a generator chosen at random from the pool and at a guidance scale drawn
 * uniformly from a range (paper section 3 and appendix C.3). Chance is seeded by the prompt's id, so that a prompt that is
 * delivered twice asks for the very same images.
 */
public final class Planner {

    private static final int HEX_DIGITS_OF_A_LONG = 15;
    private static final int HEX = 16;

    private final Plan plan;

    /**
     * A planner.
     *
     * @param plan what to ask for
     */
    public Planner(Plan plan) {
        this.plan = plan;
    }

    /**
     * The images to draw of a prompt.
     *
     * @param prompt the prompt
     * @return one task per image, by index
     */
    public List<GenerationTask> plan(Prompt prompt) {
        var random = new Random(seed(prompt.getId()));
        return IntStream.range(0, plan.imagesPerPrompt())
                .mapToObj(index -> task(prompt, index, random))
                .toList();
    }

    private GenerationTask task(Prompt prompt, int index, RandomGenerator random) {
        var generator = plan.pool().draw(random);
        // 31 bits: every image endpoint takes such a seed
        long seed = random.nextInt(Integer.MAX_VALUE);
        float guidance = plan.minGuidance() + random.nextFloat() * (plan.maxGuidance() - plan.minGuidance());
        return GenerationTask.newBuilder()
                .setId(Ids.imageId(prompt.getId(), generator, index, seed))
                .setPromptId(prompt.getId())
                .setPromptText(prompt.getText())
                .setPurpose(Purpose.JUDGE)
                .setGenerator(generator)
                .setIndex(index)
                .setGroupSize(plan.imagesPerPrompt())
                .setSeed(seed)
                .setGuidanceScale(guidance)
                .setSteps(plan.steps())
                // the prompt's own time, so that planning it again gives the same bytes
                .setCreatedAt(prompt.getCreatedAt())
                .build();
    }

    private static long seed(String promptId) {
        return Long.parseLong(Ids.id("plan", List.of(promptId)).substring(0, HEX_DIGITS_OF_A_LONG), HEX);
    }
}
