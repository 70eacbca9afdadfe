package dev.preflow.stream.config;

import java.util.List;
import java.util.regex.Pattern;

/** The settings of what computes, for every stage of a process that holds a network. */
public final class ComputeSettings {

    /** Where networks run. */
    public static final Setting<String> DEVICE = matching(
            "device",
            "cpu|all|cuda(:\\d{1,4})?",
            "cpu, cuda, cuda:N or all",
            "cpu",
            "Where this process computes: cpu, cuda (the first GPU), cuda:N, or all: the policy and VP-Score are trained on"
                    + " every GPU, what draws and scores takes the first (give each GPU a process of its own to draw on all)");

    /** The type of frozen weights. */
    public static final Setting<String> PRECISION = matching(
            "precision",
            "auto|float32|float16",
            "auto, float32 or float16",
            "auto",
            "Type of the generator's frozen weights: auto is float16 on CUDA and float32 on a processor. What is trained,"
                    + " latents, log-probabilities and VP-Score are float32 always");

    /** All of them. */
    public static final List<Setting<?>> ALL = List.of(DEVICE, PRECISION);

    private ComputeSettings() {}

    private static Setting<String> matching(String key, String pattern, String type, String fallback, String doc) {
        Pattern allowed = Pattern.compile(pattern);
        return new Setting<>(key, type, fallback, doc, false, false, text -> {
            if (!allowed.matcher(text).matches()) {
                throw new IllegalArgumentException("'%s' is not %s".formatted(text, type));
            }
            return text;
        });
    }
}
