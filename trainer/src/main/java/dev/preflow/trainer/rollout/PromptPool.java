package dev.preflow.trainer.rollout;

import dev.preflow.schemas.Prompt;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * The newest prompts that may be trained on. Held-out prompts never enter. Thread-safe.
 */
public final class PromptPool {
    private final int capacity;
    private final Predicate<Prompt> admitted;
    private final List<Prompt> prompts = new ArrayList<>();
    private int oldest;

    /**
     * An empty pool.
     *
     * @param capacity how many prompts it keeps; newer ones displace the oldest
     * @param admitted which prompts may be trained on
     */
    public PromptPool(int capacity, Predicate<Prompt> admitted) {
        this.capacity = capacity;
        this.admitted = admitted;
    }

    /** Takes a prompt in, if it may be trained on. */
    public synchronized void add(Prompt prompt) {
        if (!admitted.test(prompt)) {
            return;
        }
        if (prompts.size() < capacity) {
            prompts.add(prompt);
        } else {
            prompts.set(oldest, prompt);
            oldest = (oldest + 1) % capacity;
        }
    }

    /** How many prompts there are. */
    public synchronized int size() {
        return prompts.size();
    }

    /** A prompt at random; empty while there is none. */
    public synchronized Optional<Prompt> draw(RandomGenerator random) {
        return prompts.isEmpty() ? Optional.empty() : Optional.of(prompts.get(random.nextInt(prompts.size())));
    }
}
