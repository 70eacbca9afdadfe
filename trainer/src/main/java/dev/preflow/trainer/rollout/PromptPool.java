package dev.preflow.trainer.rollout;

import dev.preflow.schemas.Prompt;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * The newest prompts that may be trained on. Held-out prompts never enter. Those whose images have come to be rewarded alike are
 * drawn less often: they have little left to teach, and what a reward model says of equally good images is chance. Thread-safe.
 */
public final class PromptPool {
    /** Weight of the newest group in a text's moving average. */
    private static final double NEWEST = 0.5;

    /**
     * What a text's groups had to teach.
     *
     * @param now moving average of the deviations of their rewards
     * @param most the largest it has been
     */
    private record Lesson(double now, double most) {
        Lesson next(double deviation) {
            double moved = now + NEWEST * (deviation - now);
            return new Lesson(moved, Math.max(most, moved));
        }

        double left() {
            return most > 0 ? now / most : 0;
        }
    }

    private final int capacity;
    private final double floor;
    private final Predicate<Prompt> admitted;
    private final List<Prompt> prompts = new ArrayList<>();
    private final Map<String, Lesson> lessons;
    private int oldest;

    /**
     * An empty pool.
     *
     * @param capacity how many prompts it keeps; newer ones displace the oldest
     * @param floor how often a prompt is drawn, at least, relative to new ones: above 0, and 1 for all alike
     * @param admitted which prompts may be trained on
     */
    public PromptPool(int capacity, double floor, Predicate<Prompt> admitted) {
        this.capacity = capacity;
        this.floor = floor;
        this.admitted = admitted;
        this.lessons = new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Lesson> eldest) {
                return size() > capacity;
            }
        };
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

    /**
     * Notes how much the rewards of a text's images differ.
     *
     * @param deviation the standard deviation of a group's rewards, 0 or more; of all groups on one scale
     */
    public synchronized void learnt(String text, double deviation) {
        // the texts that were learnt from last are kept
        Lesson before = lessons.remove(text);
        lessons.put(text, before == null ? new Lesson(deviation, deviation) : before.next(deviation));
    }

    /** How many prompts there are. */
    public synchronized int size() {
        return prompts.size();
    }

    /**
     * A prompt at random; empty while there is none. One that nothing is known of is drawn as often as any, others as much less
     * often as their images' rewards differ less than they once did.
     */
    public synchronized Optional<Prompt> draw(RandomGenerator random) {
        if (prompts.isEmpty()) {
            return Optional.empty();
        }
        Prompt prompt;
        do {
            prompt = prompts.get(random.nextInt(prompts.size()));
        } while (random.nextDouble() >= Math.max(floor, left(prompt)));
        return Optional.of(prompt);
    }

    private double left(Prompt prompt) {
        Lesson lesson = lessons.get(prompt.getText());
        return lesson == null ? 1 : lesson.left();
    }
}
