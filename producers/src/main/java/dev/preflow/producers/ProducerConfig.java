package dev.preflow.producers;

import dev.preflow.models.tensor.Compute;
import dev.preflow.producers.generate.ImagesEndpoint;
import dev.preflow.producers.generate.LocalOptions;
import dev.preflow.producers.generate.Variant;
import dev.preflow.producers.plan.GeneratorPool;
import dev.preflow.producers.plan.Plan;
import dev.preflow.producers.plan.PromptRules;
import dev.preflow.producers.source.FeedPace;
import dev.preflow.producers.source.OpenPrompts;
import dev.preflow.stream.RetryPolicy;
import dev.preflow.stream.StageOptions;
import dev.preflow.stream.config.ComputeSettings;
import dev.preflow.stream.config.Config;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;

/** Reads {@link ProducerSettings} into what the producers take. */
public final class ProducerConfig {

    private final Config config;

    /**
     * @param config has {@link ProducerSettings}
     */
    public ProducerConfig(Config config) {
        this.config = config;
    }

    /**
     * What the planner asks for, of every generator whose weight is above 0.
     *
     * @return the plan
     */
    public Plan plan() {
        var weights = new TreeMap<String, Double>();
        for (var name : names()) {
            double weight = config.get(ProducerSettings.GENERATOR_WEIGHT.named(name));
            if (weight > 0) {
                weights.put(name, weight);
            }
        }
        return new Plan(
                config.get(ProducerSettings.IMAGES_PER_PROMPT),
                config.get(ProducerSettings.MIN_GUIDANCE).floatValue(),
                config.get(ProducerSettings.MAX_GUIDANCE_SCALE).floatValue(),
                config.get(ProducerSettings.STEPS),
                new GeneratorPool(weights));
    }

    /**
     * What a prompt must be like.
     *
     * @return the rules
     */
    public PromptRules rules() {
        return new PromptRules(
                config.get(ProducerSettings.MAX_CHARACTERS), config.get(ProducerSettings.IMAGES_PER_PROMPT));
    }

    /**
     * How fast an endless source is fed.
     *
     * @return the pace, with a bound of its own on open prompts
     */
    public FeedPace pace() {
        return new FeedPace(
                config.get(ProducerSettings.FEED_RATE),
                new OpenPrompts(
                        config.get(ProducerSettings.FEED_OPEN),
                        config.get(ProducerSettings.FEED_FORGET),
                        Clock.systemUTC()));
    }

    /**
     * The generators that the local pipeline stands for.
     *
     * @return the frozen ones and the policy
     */
    public List<Variant> variants() {
        return names().stream()
                .filter(name -> kind(name) != GeneratorKind.OPENAI)
                .map(name -> new Variant(
                        name,
                        config.get(ProducerSettings.GENERATOR_DIRECTORY.named(name)),
                        kind(name) == GeneratorKind.POLICY,
                        config.find(ProducerSettings.GENERATOR_STEPS.named(name))
                                .orElse(null),
                        config.find(ProducerSettings.GENERATOR_GUIDANCE.named(name))
                                .map(Double::floatValue)
                                .orElse(null)))
                .toList();
    }

    /**
     * How the local pipeline works.
     *
     * @return the options
     */
    public LocalOptions localOptions() {
        return new LocalOptions(
                config.get(ProducerSettings.LOCAL_BATCH),
                config.get(ProducerSettings.LOCAL_LINGER),
                config.get(ProducerSettings.LOCAL_KEEP),
                config.get(ProducerSettings.LOCAL_RELEASE_WAIT),
                Compute.of(config.get(ComputeSettings.DEVICE), config.get(ComputeSettings.PRECISION)));
    }

    /**
     * The generators that are endpoints.
     *
     * @return one per generator
     */
    public List<ImagesEndpoint> endpoints() {
        return names().stream()
                .filter(name -> kind(name) == GeneratorKind.OPENAI)
                .map(this::endpoint)
                .toList();
    }

    /**
     * How much is asked of an endpoint at once, and how patiently.
     *
     * @param endpoint one of {@link #endpoints()}
     * @return the options of its stage
     */
    public StageOptions stage(ImagesEndpoint endpoint) {
        var name = endpoint.generator();
        return StageOptions.inFlight(endpoint.inFlight())
                .withRetry(RetryPolicy.ofEndpoint(
                        config.get(ProducerSettings.ENDPOINT_MAX_ATTEMPTS.named(name)),
                        config.get(ProducerSettings.ENDPOINT_MAX_BACKOFF.named(name))));
    }

    private ImagesEndpoint endpoint(String name) {
        return new ImagesEndpoint(
                name,
                URI.create(config.get(ProducerSettings.ENDPOINT_URL.named(name))),
                config.get(ProducerSettings.ENDPOINT_MODEL.named(name)),
                config.find(ProducerSettings.ENDPOINT_KEY.named(name)).orElse(null),
                config.get(ProducerSettings.ENDPOINT_SIZE.named(name)),
                config.get(ProducerSettings.ENDPOINT_DIFFUSION.named(name)),
                config.get(ProducerSettings.ENDPOINT_BASE64.named(name)),
                config.get(ProducerSettings.ENDPOINT_TIMEOUT.named(name)),
                config.get(ProducerSettings.ENDPOINT_IN_FLIGHT.named(name)),
                Math.toIntExact(config.get(ProducerSettings.ENDPOINT_MAX_REPLY.named(name))),
                config.get(ProducerSettings.ENDPOINT_MAX_PIXELS.named(name)));
    }

    private GeneratorKind kind(String name) {
        return config.get(ProducerSettings.GENERATOR_KIND.named(name));
    }

    private SortedSet<String> names() {
        return config.names(ProducerSettings.GENERATOR_KIND);
    }
}
