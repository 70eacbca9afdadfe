package dev.preflow.app.demo;

import dev.preflow.demo.scene.PromptGrammar;
import dev.preflow.demo.scene.Split;
import dev.preflow.models.tensor.Noise;
import dev.preflow.producers.source.FeedPace;
import dev.preflow.producers.source.OpenPrompts;
import dev.preflow.producers.source.PromptEndings;
import dev.preflow.producers.source.PromptFeeder;
import dev.preflow.producers.source.SuppliedSource;
import dev.preflow.stream.StageRuntime;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Feeds the grammar's prompts, of its training side only. While VP-Score learns its first lessons they come as fast as they
 * are judged; once the policy is trained they come slowly, so that drawing rollouts has the machine.
 */
final class DemoPrompts implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DemoPrompts.class);
    private static final int OPEN = 12;
    private static final Duration FORGET = Duration.ofMinutes(2);
    private static final Duration WHILE_TRAINING = Duration.ofMillis(2500);

    private final BooleanSupplier training;
    private final PromptGrammar grammar = new PromptGrammar();
    private final RandomGenerator random;
    private final PromptEndings endings;
    private final PromptFeeder feeder;
    private final Thread thread = new Thread(this::feed, "demo-prompts");

    private DemoPrompts(StageRuntime runtime, long seed, BooleanSupplier training) throws IOException {
        this.training = training;
        this.random = Noise.generator(seed);
        OpenPrompts open = new OpenPrompts(OPEN, FORGET, Clock.systemUTC());
        this.endings = PromptEndings.follow(runtime.kafka(), runtime.topics(), open);
        this.feeder = new PromptFeeder(
                runtime.publisher(),
                runtime.topics().prompts(),
                false,
                new FeedPace(Double.POSITIVE_INFINITY, open),
                Clock.systemUTC());
    }

    /**
     * Starts feeding on a thread of its own.
     *
     * @param training whether the policy is being trained
     */
    static DemoPrompts start(StageRuntime runtime, long seed, BooleanSupplier training) throws IOException {
        DemoPrompts prompts = new DemoPrompts(runtime, seed, training);
        prompts.thread.setDaemon(true);
        prompts.thread.start();
        return prompts;
    }

    private void feed() {
        try {
            feeder.feed(new SuppliedSource(DemoConfig.SOURCE, this::next), prompt -> {});
        } catch (IOException e) {
            log.error("No more prompts are fed", e);
        } catch (InterruptedException e) {
            log.debug("Feeding ends");
        }
    }

    private Optional<String> next() {
        try {
            if (training.getAsBoolean()) {
                Thread.sleep(WHILE_TRAINING.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
        return Optional.of(
                grammar.sample(random, Split.TRAIN, PromptGrammar.Weights.DEMO).text());
    }

    /** Feeds nothing more; returns when the last prompt is acknowledged. */
    @Override
    public void close() throws InterruptedException {
        thread.interrupt();
        thread.join();
        endings.close();
    }
}
