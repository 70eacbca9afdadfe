package dev.preflow.annotators;

import dev.preflow.annotators.assemble.AssemblerOptions;
import dev.preflow.annotators.judge.JudgeLimits;
import dev.preflow.annotators.judge.JudgeOptions;
import dev.preflow.annotators.judge.ResponseFormat;
import dev.preflow.annotators.judgement.AnnotationMode;
import dev.preflow.annotators.judgement.JudgingOptions;
import dev.preflow.stream.RetryPolicy;
import dev.preflow.stream.StageOptions;
import dev.preflow.stream.config.Config;
import dev.preflow.stream.config.Secret;
import dev.preflow.stream.config.Setting;
import dev.preflow.stream.config.Settings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The settings of the assembly and of the annotator. */
public final class AnnotatorSettings {

    /** Name of the annotator. */
    public static final Setting<String> NAME =
            Settings.string("annotator.name", "judge", "Name of the annotator; a group is judged once under each name");

    /** The endpoint. */
    public static final Setting<URI> URL = url();

    /** The endpoint's key. */
    public static final Setting<Secret> API_KEY =
            Settings.secret("annotator.api-key", "Sent to the judge as bearer token; not sent when not set");

    /** The model. */
    public static final Setting<String> MODEL = Settings.string(
                    "annotator.model", "", "The judge's model, as its endpoint names it")
            .withoutDefault();

    /** Calls per group. */
    public static final Setting<AnnotationMode> MODE = Settings.choice(
            "annotator.mode",
            AnnotationMode.PER_ASPECT,
            "One call for each aspect, as in the paper, or one joint call for the four");

    /** How the form of the reply is asked for. */
    public static final Setting<ResponseFormat> RESPONSE_FORMAT = Settings.choice(
            "annotator.response-format",
            ResponseFormat.JSON_SCHEMA,
            "How the endpoint is told the form of the reply; none asks for the paper's plain text");

    /** Sampling temperature. */
    public static final Setting<Double> TEMPERATURE = Settings.number(
            "annotator.temperature",
            0,
            -1,
            2,
            "Sampling temperature; low is more accurate and more consistent (paper section 5); below 0 sends none");

    /** Sampling seed. */
    public static final Setting<Long> SEED = Settings.longInteger(
                    "annotator.seed", 0, "Sampling seed, not sent when not set")
            .withoutDefault();

    /** Limit of a reply. */
    public static final Setting<Integer> MAX_TOKENS =
            Settings.integer("annotator.max-tokens", 1024, 16, 1 << 20, "Limit of one reply in tokens");

    /** Name of that limit. */
    public static final Setting<String> MAX_TOKENS_FIELD = Settings.string(
            "annotator.max-tokens-field",
            "max_tokens",
            "Name of that limit in the request; some models take max_completion_tokens only");

    /** Limit of one call. */
    public static final Setting<Duration> TIMEOUT = Settings.duration(
            "annotator.timeout", Duration.ofSeconds(120), "Limit of one call from its sending to the last byte");

    /** Limit of connecting. */
    public static final Setting<Duration> CONNECT_TIMEOUT =
            Settings.duration("annotator.connect-timeout", Duration.ofSeconds(10), "Limit of connecting to the judge");

    /** Size of an answer. */
    public static final Setting<Long> MAX_REPLY =
            Settings.size("annotator.max-reply", 2 << 20, "Size beyond which the judge's answer is not read on");

    /** Calls at once. */
    public static final Setting<Integer> CONCURRENCY =
            Settings.integer("annotator.concurrency", 8, 1, 4096, "Calls of the judge at the same time");

    /** Calls per minute. */
    public static final Setting<Integer> REQUESTS_PER_MINUTE = Settings.integer(
            "annotator.requests-per-minute", 0, 0, 1 << 24, "Calls of the judge per minute; 0 is no limit");

    /** Tokens per minute. */
    public static final Setting<Integer> TOKENS_PER_MINUTE = Settings.integer(
            "annotator.tokens-per-minute", 0, 0, 1 << 30, "Tokens per minute as the judge counts them; 0 is no limit");

    /** Groups at once. */
    public static final Setting<Integer> IN_FLIGHT =
            Settings.integer("annotator.in-flight", 8, 1, 4096, "Groups being judged at the same time");

    /** Asks. */
    public static final Setting<Integer> MAX_ASKS = Settings.integer(
            "annotator.max-asks", 2, 1, 10, "How often a question is asked in all when replies cannot be used");

    /** Attempts. */
    public static final Setting<Integer> MAX_ATTEMPTS = Settings.integer(
            "annotator.max-attempts", 8, 1, 1000, "Attempts at a group when the endpoint is busy or out of order");

    /** Longest pause between attempts. */
    public static final Setting<Duration> MAX_BACKOFF = Settings.duration(
            "annotator.max-backoff", Duration.ofSeconds(60), "Longest pause between two attempts at a group");

    /** Shuffling. */
    public static final Setting<Boolean> SHUFFLE = Settings.bool(
            "annotator.shuffle", true, "Shuffles the order in which the images of a group are shown, by its id");

    /** Deadline of a group. */
    public static final Setting<Duration> DEADLINE = Settings.duration(
            "assembler.deadline",
            Duration.ofMinutes(2),
            "How long a group waits for its next image before it is judged with those that are there");

    /** Memory of closed groups. */
    public static final Setting<Duration> KEEP_DONE = Settings.duration(
            "assembler.keep-done", Duration.ofDays(1), "How long a closed group is remembered, to ignore late images");

    /** Transactions. */
    public static final Setting<Boolean> EXACTLY_ONCE = Settings.bool(
            "assembler.exactly-once", true, "Assembles in Kafka transactions, so that no crash repeats a group");

    /** Judged rollouts. */
    public static final Setting<Double> ROLLOUT_SHARE = Settings.number(
            "assembler.rollout.share",
            0,
            0,
            1,
            "Share of the rollout groups that is judged, too: VP-Score then learns from the very images that the policy is"
                    + " trained on, at the price of more judge calls");

    /** All of them. */
    public static final List<Setting<?>> ALL = List.of(
            NAME,
            URL,
            API_KEY,
            MODEL,
            MODE,
            RESPONSE_FORMAT,
            TEMPERATURE,
            SEED,
            MAX_TOKENS,
            MAX_TOKENS_FIELD,
            TIMEOUT,
            CONNECT_TIMEOUT,
            MAX_REPLY,
            CONCURRENCY,
            REQUESTS_PER_MINUTE,
            TOKENS_PER_MINUTE,
            IN_FLIGHT,
            MAX_ASKS,
            MAX_ATTEMPTS,
            MAX_BACKOFF,
            SHUFFLE,
            DEADLINE,
            KEEP_DONE,
            EXACTLY_ONCE,
            ROLLOUT_SHARE);

    private AnnotatorSettings() {}

    /**
     * How groups are assembled.
     *
     * @param config the configuration
     * @param stateDirectory where Kafka Streams keeps its notes
     * @return the options
     */
    public static AssemblerOptions assembler(Config config, Path stateDirectory) {
        return new AssemblerOptions(
                config.get(DEADLINE),
                config.get(KEEP_DONE),
                config.get(EXACTLY_ONCE),
                config.get(ROLLOUT_SHARE),
                stateDirectory);
    }

    /**
     * The endpoint and how it is asked.
     *
     * @param config the configuration
     * @return the options
     */
    static JudgeOptions judge(Config config) {
        double temperature = config.get(TEMPERATURE);
        return new JudgeOptions(
                config.get(URL),
                config.find(API_KEY).orElse(null),
                config.get(MODEL),
                temperature < 0 ? null : Double.valueOf(temperature),
                config.get(MAX_TOKENS),
                config.get(MAX_TOKENS_FIELD),
                config.find(SEED).orElse(null),
                config.get(RESPONSE_FORMAT),
                config.get(CONNECT_TIMEOUT),
                config.get(TIMEOUT),
                Math.toIntExact(config.get(MAX_REPLY)),
                new JudgeLimits(
                        config.get(CONCURRENCY), config.get(REQUESTS_PER_MINUTE), config.get(TOKENS_PER_MINUTE)));
    }

    static JudgingOptions judging(Config config) {
        return new JudgingOptions(
                config.get(NAME),
                config.get(MODE),
                config.get(RESPONSE_FORMAT),
                config.get(SHUFFLE),
                config.get(MAX_ASKS));
    }

    static StageOptions stage(Config config) {
        return StageOptions.inFlight(config.get(IN_FLIGHT))
                .withRetry(RetryPolicy.ofEndpoint(config.get(MAX_ATTEMPTS), config.get(MAX_BACKOFF)));
    }

    private static Setting<URI> url() {
        var text = Settings.string(
                "annotator.url",
                "http://127.0.0.1:8000/v1",
                "Base URL of the judge's OpenAI-compatible endpoint, up to where /chat/completions follows");
        return new Setting<>(text.key(), "URL", text.defaultText(), text.doc(), false, false, URI::create);
    }
}
