package dev.preflow.app.gateway;

import dev.preflow.producers.ProducerConfig;
import dev.preflow.stream.config.Config;
import dev.preflow.stream.config.Setting;
import dev.preflow.stream.config.Settings;
import java.util.List;

/** The settings of the gateway. */
public final class GatewaySettings {

    /** Where it listens. */
    public static final Setting<String> HOST = Settings.string(
            "gateway.host",
            "127.0.0.1",
            "Address that the gateway listens on; 0.0.0.0 lets other machines in, without asking who they are");

    /** Where it listens. */
    public static final Setting<Integer> PORT =
            Settings.integer("gateway.port", 8080, 0, 65_535, "Port that the gateway listens on; 0 for a free one");

    /** Longest body. */
    public static final Setting<Long> MAX_BODY =
            Settings.size("gateway.max-body", 1L << 20, "Longest request body that the gateway takes");

    /** Most prompts in one request. */
    public static final Setting<Integer> MAX_BATCH = Settings.integer(
            "gateway.max-batch", 1000, 1, 100_000, "Most prompts that the gateway takes in one request");

    /** Most streams. */
    public static final Setting<Integer> MAX_SUBSCRIBERS = Settings.integer(
            "gateway.max-subscribers", 256, 1, 100_000, "Most score streams that the gateway serves at once");

    /** Prompts in memory. */
    public static final Setting<Integer> PROMPTS_HELD = Settings.integer(
            "gateway.prompts-held",
            20_000,
            1,
            10_000_000,
            "Prompts that can be looked up; beyond it the oldest that have ended are let go (about 5 KB each)");

    /** Scores in memory. */
    public static final Setting<Integer> SCORES_HELD = Settings.integer(
            "gateway.scores-held",
            2_000,
            1,
            1_000_000,
            "Newest scores kept in memory for subscribers; older ones are read from the topic");

    /** The alarm. */
    public static final Setting<Double> GOLD_DROP = Settings.number(
            "gateway.gold-drop",
            0.1,
            0.001,
            1,
            "How far the share of clean images falls below its best, while VP-Score does not, until the alarm is raised");

    /** All of them. */
    public static final List<Setting<?>> ALL =
            List.of(HOST, PORT, MAX_BODY, MAX_BATCH, MAX_SUBSCRIBERS, PROMPTS_HELD, SCORES_HELD, GOLD_DROP);

    private GatewaySettings() {}

    /**
     * The configured options.
     *
     * @param config has these settings and the producers'
     * @return the options
     */
    public static GatewayOptions options(Config config) {
        return new GatewayOptions(
                config.get(HOST),
                config.get(PORT),
                config.get(MAX_BODY),
                config.get(MAX_BATCH),
                config.get(MAX_SUBSCRIBERS),
                new ProducerConfig(config).rules());
    }
}
