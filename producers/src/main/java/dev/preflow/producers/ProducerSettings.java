package dev.preflow.producers;

import dev.preflow.stream.config.Secret;
import dev.preflow.stream.config.Setting;
import dev.preflow.stream.config.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The settings of prompt feeding, planning and drawing. */
public final class ProducerSettings {

    private static final int MANY = 1_000_000;
    private static final double MAX_GUIDANCE = 1_000;
    private static final int MAX_STEPS = 10_000;

    /** Most prompts fed per second. */
    public static final Setting<Double> FEED_RATE = Settings.number(
            "feed.rate",
            1,
            0.001,
            MANY,
            "Most prompts per second that an endless source such as the demo's grammar feeds");

    /** Most prompts under way. */
    public static final Setting<Integer> FEED_OPEN = Settings.integer(
            "feed.open",
            64,
            1,
            MANY,
            "Prompts fed by an endless source that may be under way, neither judged nor given up");

    /** How long a prompt counts as under way. */
    public static final Setting<Duration> FEED_FORGET =
            Settings.duration("feed.forget", Duration.ofMinutes(5), "How long a prompt counts as under way at most");

    /** Images of a prompt. */
    public static final Setting<Integer> IMAGES_PER_PROMPT =
            Settings.integer("planner.images", 4, 1, 64, "Images drawn of a prompt: the paper's k");

    /** Lowest guidance. */
    public static final Setting<Double> MIN_GUIDANCE = Settings.number(
            "planner.guidance.min", 3, 1, MAX_GUIDANCE, "Lowest guidance scale drawn (the paper's appendix C.3: 3)");

    /** Highest guidance. */
    public static final Setting<Double> MAX_GUIDANCE_SCALE = Settings.number(
            "planner.guidance.max", 12, 1, MAX_GUIDANCE, "Highest guidance scale drawn (the paper's appendix C.3: 12)");

    /** Denoising steps. */
    public static final Setting<Integer> STEPS =
            Settings.integer("planner.steps", 20, 1, MAX_STEPS, "Denoising steps of an image to be judged");

    /** Longest prompt. */
    public static final Setting<Integer> MAX_CHARACTERS = Settings.integer(
            "planner.max-characters", 10_000, 1, 250_000, "Longest prompt that is drawn; a longer one is given up");

    /** Prompts planned at once. */
    public static final Setting<Integer> PLANNER_IN_FLIGHT =
            Settings.integer("planner.in-flight", 100, 1, MANY, "Prompts whose tasks are being written at once");

    /** What draws. */
    public static final Setting<GeneratorKind> GENERATOR_KIND = Settings.choice(
            "generators.*.kind",
            GeneratorKind.FROZEN,
            "What draws: a frozen pipeline here, the policy, or an images endpoint");

    /** The generator's share. */
    public static final Setting<Double> GENERATOR_WEIGHT = Settings.number(
            "generators.*.weight", 1, 0, MANY, "How often it is chosen, relative to the others; 0 is never");

    /** The generator's model directory. */
    public static final Setting<Path> GENERATOR_DIRECTORY = Settings.path(
                    "generators.*.directory",
                    "",
                    "Diffusers directory or single file of a pipeline; the policy starts with it")
            .withoutDefault();

    /** The generator's own steps. */
    public static final Setting<Integer> GENERATOR_STEPS = Settings.integer(
                    "generators.*.steps", 1, 1, MAX_STEPS, "Denoising steps in place of the planner's")
            .withoutDefault();

    /** The generator's own guidance. */
    public static final Setting<Double> GENERATOR_GUIDANCE = Settings.number(
                    "generators.*.guidance", 1, 0, MAX_GUIDANCE, "Guidance scale in place of the planner's")
            .withoutDefault();

    /** The endpoint's address. */
    public static final Setting<String> ENDPOINT_URL = Settings.string(
                    "generators.*.url",
                    "",
                    "The images endpoint up to and with its version, such as http://localhost:8000/v1")
            .withoutDefault();

    /** The endpoint's model. */
    public static final Setting<String> ENDPOINT_MODEL = Settings.string(
                    "generators.*.model", "", "The model that the endpoint is asked for")
            .withoutDefault();

    /** The endpoint's key. */
    public static final Setting<Secret> ENDPOINT_KEY =
            Settings.secret("generators.*.api-key", "Sent to the endpoint as bearer token");

    /** The size asked for. */
    public static final Setting<String> ENDPOINT_SIZE =
            Settings.string("generators.*.size", "1024x1024", "The size that the endpoint is asked for");

    /** Whether the endpoint takes diffusion parameters. */
    public static final Setting<Boolean> ENDPOINT_DIFFUSION = Settings.bool(
            "generators.*.diffusion-parameters",
            false,
            "Send seed, num_inference_steps and guidance_scale: vLLM-Omni takes them, OpenAI refuses them");

    /** Whether the endpoint is asked for Base64. */
    public static final Setting<Boolean> ENDPOINT_BASE64 = Settings.bool(
            "generators.*.ask-for-base64",
            true,
            "Send response_format b64_json: DALL-E and most others need it, OpenAI's gpt-image models refuse it");

    /** Longest wait for the endpoint. */
    public static final Setting<Duration> ENDPOINT_TIMEOUT = Settings.duration(
            "generators.*.timeout", Duration.ofMinutes(3), "Longest wait for one image of the endpoint");

    /** Calls under way at once. */
    public static final Setting<Integer> ENDPOINT_IN_FLIGHT =
            Settings.integer("generators.*.in-flight", 8, 1, 10_000, "Images asked of the endpoint at once");

    /** Attempts. */
    public static final Setting<Integer> ENDPOINT_MAX_ATTEMPTS = Settings.integer(
            "generators.*.max-attempts", 8, 1, 1000, "Attempts at an image when the endpoint is busy or out of order");

    /** Longest pause between attempts. */
    public static final Setting<Duration> ENDPOINT_MAX_BACKOFF = Settings.duration(
            "generators.*.max-backoff", Duration.ofSeconds(60), "Longest pause between two attempts at an image");

    /** Longest reply of the endpoint. */
    public static final Setting<Long> ENDPOINT_MAX_REPLY =
            Settings.size("generators.*.max-reply", 64L << 20, "Longest answer taken from the endpoint");

    /** Largest image of the endpoint. */
    public static final Setting<Long> ENDPOINT_MAX_PIXELS = Settings.longInteger(
            "generators.*.max-pixels", 4096L * 4096, "Largest image taken from the endpoint, width times height");

    /** Largest batch. */
    public static final Setting<Integer> LOCAL_BATCH =
            Settings.integer("local.batch", 32, 1, 4096, "Most images that the local pipeline draws together");

    /** Wait for a full batch. */
    public static final Setting<Duration> LOCAL_LINGER = Settings.duration(
            "local.linger",
            Duration.ofMillis(20),
            "How long the oldest task of a batch that is not full waits for others");

    /** Tasks under way. */
    public static final Setting<Integer> LOCAL_IN_FLIGHT = Settings.integer(
            "local.in-flight", 192, 1, MANY, "Tasks that the local pipeline has taken at once; several batches");

    /** Releases held. */
    public static final Setting<Integer> LOCAL_KEEP = Settings.integer(
            "local.keep-releases",
            3,
            1,
            100,
            "Policy releases loaded at once; tasks that name an older one are given up");

    /** Wait for a release. */
    public static final Setting<Duration> LOCAL_RELEASE_WAIT = Settings.duration(
            "local.release-wait", Duration.ofSeconds(30), "How long a task waits for a policy release not seen yet");

    /** All of them. */
    public static final List<Setting<?>> ALL = List.of(
            FEED_RATE,
            FEED_OPEN,
            FEED_FORGET,
            IMAGES_PER_PROMPT,
            MIN_GUIDANCE,
            MAX_GUIDANCE_SCALE,
            STEPS,
            MAX_CHARACTERS,
            PLANNER_IN_FLIGHT,
            GENERATOR_KIND,
            GENERATOR_WEIGHT,
            GENERATOR_DIRECTORY,
            GENERATOR_STEPS,
            GENERATOR_GUIDANCE,
            ENDPOINT_URL,
            ENDPOINT_MODEL,
            ENDPOINT_KEY,
            ENDPOINT_SIZE,
            ENDPOINT_DIFFUSION,
            ENDPOINT_BASE64,
            ENDPOINT_TIMEOUT,
            ENDPOINT_IN_FLIGHT,
            ENDPOINT_MAX_ATTEMPTS,
            ENDPOINT_MAX_BACKOFF,
            ENDPOINT_MAX_REPLY,
            ENDPOINT_MAX_PIXELS,
            LOCAL_BATCH,
            LOCAL_LINGER,
            LOCAL_IN_FLIGHT,
            LOCAL_KEEP,
            LOCAL_RELEASE_WAIT);

    private ProducerSettings() {}
}
