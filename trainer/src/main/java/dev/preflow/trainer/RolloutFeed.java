package dev.preflow.trainer;

import dev.preflow.models.tensor.Noise;
import dev.preflow.models.weights.WeightsException;
import dev.preflow.schemas.GenerationTask;
import dev.preflow.schemas.Prompt;
import dev.preflow.stream.StageRuntime;
import dev.preflow.trainer.ppo.Sample;
import dev.preflow.trainer.rollout.PromptPool;
import dev.preflow.trainer.rollout.RolloutCollector;
import dev.preflow.trainer.rollout.RolloutGroup;
import dev.preflow.trainer.rollout.RolloutRequester;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where rollouts are asked for and come back. For the training thread. */
final class RolloutFeed {
    private static final Logger log = LoggerFactory.getLogger(RolloutFeed.class);
    private static final Duration TAKE = Duration.ofSeconds(1);

    private final StageRuntime runtime;
    private final PromptPool prompts;
    private final RolloutRequester requester;
    private final RolloutCollector collector;
    private final RolloutReader reader;
    private final int groups;
    private final List<Float> guidance;
    private final int ahead;
    private final long seed;

    /**
     * A feed.
     *
     * @param groups groups of an iteration
     * @param guidance guidance scales that the groups take in turn
     * @param ahead iterations of rollouts that may be under way beyond the one being trained on
     * @param seed of prompts and images
     */
    RolloutFeed(
            StageRuntime runtime,
            PromptPool prompts,
            RolloutRequester requester,
            RolloutCollector collector,
            RolloutReader reader,
            int groups,
            List<Float> guidance,
            int ahead,
            long seed) {
        this.runtime = runtime;
        this.prompts = prompts;
        this.requester = requester;
        this.collector = collector;
        this.reader = reader;
        this.groups = groups;
        this.guidance = List.copyOf(guidance);
        this.ahead = ahead;
        this.seed = seed;
    }

    /**
     * Asks for groups until as many are under way as may be, or until there is no prompt.
     *
     * @param release the policy release that must draw them
     * @param requests how many groups were asked for before: the seeds follow from it
     * @return how many have been asked for now
     */
    long request(String release, long requests) {
        long count = requests;
        while (collector.underWay() < groups * (ahead + 1)) {
            long groupSeed = Noise.derive(seed, count);
            Optional<Prompt> prompt = prompts.draw(Noise.generator(groupSeed));
            if (prompt.isEmpty()) {
                break;
            }
            float scale = guidance.get((int) (count % guidance.size()));
            List<GenerationTask> tasks = requester.group(prompt.get(), release, scale, groupSeed);
            collector.requested(tasks.get(0).getRolloutGroup());
            tasks.forEach(this::publish);
            count++;
        }
        return count;
    }

    private void publish(GenerationTask task) {
        runtime.publisher()
                .publish(runtime.topics().tasks(), task.getId(), task)
                // its group then goes on without it
                .onFailure(e -> log.warn("Rollout task {} could not be published", task.getId(), e));
    }

    /** The groups of one iteration; none if they are not there within a second. */
    List<RolloutGroup> take() throws InterruptedException {
        return collector.take(groups, TAKE);
    }

    /** Staleness, in releases, beyond which a group is of no use: admission keeps groups below it, crashes may not. */
    int maxStaleness() {
        return ahead + 1;
    }

    /**
     * A group's samples.
     *
     * @throws IllegalArgumentException if it cannot be trained on
     */
    List<Sample> read(RolloutGroup group) {
        try {
            return reader.read(group);
        } catch (IOException | WeightsException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** Gives up the groups under way, for the weights that draw them are no more; they are to be settled. */
    List<String> forget() {
        return collector.forget();
    }

    /** The groups of these names have been dealt with for good: their rollouts count as handled. */
    void settle(List<String> done) {
        done.forEach(collector::settle);
    }
}
