package dev.preflow.app.stages;

import io.vertx.core.Future;
import java.util.List;

/** A stage that runs. */
@FunctionalInterface
public interface RunningStage {

    /**
     * Stops the stage: nothing new is started, what is in flight is finished or released.
     *
     * @return completes when it has stopped
     */
    Future<Void> stop();

    /**
     * Several stages as one, stopped together.
     *
     * @param stages the stages
     * @return one that stops when all have stopped, and fails when one has not
     */
    static RunningStage all(List<RunningStage> stages) {
        return () ->
                Future.join(stages.stream().map(RunningStage::stop).toList()).mapEmpty();
    }
}
