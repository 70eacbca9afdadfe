package dev.preflow.producers.plan;

import dev.preflow.schemas.Prompt;
import dev.preflow.stream.DeadLetterRules;
import dev.preflow.stream.Delivery;
import dev.preflow.stream.NonRetriableException;
import dev.preflow.stream.Stage;
import dev.preflow.stream.StageOptions;
import dev.preflow.stream.StageRuntime;
import io.vertx.core.Future;

/**
 * Prompts in, tasks out. A prompt that cannot be drawn ends here, as a dead letter that says why; every other one gets its
 * images asked for. Tasks are keyed by their own id, so that the images of one prompt can be drawn by many processes.
 */
public final class PlannerStage {

    private final StageRuntime runtime;
    private final Planner planner;
    private final PromptRules rules;

    private PlannerStage(StageRuntime runtime, Planner planner, PromptRules rules) {
        this.runtime = runtime;
        this.planner = planner;
        this.rules = rules;
    }

    /**
     * Starts the planner.
     *
     * @param runtime what the process's stages share
     * @param plan what to ask for
     * @param rules what a prompt must be like
     * @param options how much is under way at once
     * @return the running stage
     */
    public static Stage<Prompt> start(StageRuntime runtime, Plan plan, PromptRules rules, StageOptions options) {
        var stage = new PlannerStage(runtime, new Planner(plan), rules);
        return Stage.builder("planner", runtime.topics().prompts(), stage::handle)
                .options(options)
                .deadLetters(DeadLetterRules.endingPrompt(Prompt::getId))
                .start(runtime);
    }

    private Future<Void> handle(Delivery<Prompt> delivery) {
        var prompt = delivery.record();
        var violation = rules.violation(prompt.getText());
        if (violation.isPresent()) {
            return Future.failedFuture(new NonRetriableException(
                    violation.get().reason(), violation.get().detail()));
        }
        var tasks = planner.plan(prompt).stream()
                .map(task -> runtime.publisher().publish(runtime.topics().tasks(), task.getId(), task))
                .toList();
        return Future.all(tasks).mapEmpty();
    }
}
