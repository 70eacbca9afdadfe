package dev.preflow.stream.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Makes {@link Setting}s of every type. Each has its key, its default, its range and what it is for. */
public final class Settings {

    private static final Pattern DURATION = Pattern.compile("(\\d+)\\s*(ms|s|m|h|d)");
    private static final Pattern SIZE = Pattern.compile("(\\d+)\\s*(B|KiB|MiB|GiB)");

    private Settings() {}

    /**
     * Text.
     *
     * @param key the key
     * @param defaultValue the default
     * @param doc what it is for
     * @return the setting
     */
    public static Setting<String> string(String key, String defaultValue, String doc) {
        return new Setting<>(key, "text", defaultValue, doc, false, false, Function.identity());
    }

    /**
     * Text that must not be seen. It has no default.
     *
     * @param key the key
     * @param doc what it is for
     * @return the setting
     */
    public static Setting<Secret> secret(String key, String doc) {
        return new Setting<>(key, "secret text", null, doc, true, false, Secret::new);
    }

    /**
     * A whole number.
     *
     * @param key the key
     * @param defaultValue the default
     * @param min the least allowed
     * @param max the greatest allowed
     * @param doc what it is for
     * @return the setting
     */
    public static Setting<Integer> integer(String key, int defaultValue, int min, int max, String doc) {
        var type = "a whole number from %d to %d".formatted(min, max);
        return new Setting<>(key, type, Integer.toString(defaultValue), doc, false, false, text -> {
            int value = parse(text, type, Integer::parseInt);
            return inRange(value >= min && value <= max, value, text, type);
        });
    }

    /**
     * A whole number of 64 bits, such as a seed.
     *
     * @param key the key
     * @param defaultValue the default
     * @param doc what it is for
     * @return the setting
     */
    public static Setting<Long> longInteger(String key, long defaultValue, String doc) {
        return new Setting<>(
                key,
                "a whole number",
                Long.toString(defaultValue),
                doc,
                false,
                false,
                text -> parse(text, "a whole number", Long::parseLong));
    }

    /**
     * A number.
     *
     * @param key the key
     * @param defaultValue the default
     * @param min the least allowed
     * @param max the greatest allowed
     * @param doc what it is for
     * @return the setting
     */
    public static Setting<Double> number(String key, double defaultValue, double min, double max, String doc) {
        var type = "a number from %s to %s".formatted(min, max);
        return new Setting<>(key, type, Double.toString(defaultValue), doc, false, false, text -> {
            double value = parse(text, type, Double::parseDouble);
            return inRange(value >= min && value <= max, value, text, type);
        });
    }

    /**
     * Yes or no.
     *
     * @param key the key
     * @param defaultValue the default
     * @param doc what it is for
     * @return the setting
     */
    public static Setting<Boolean> bool(String key, boolean defaultValue, String doc) {
        return new Setting<>(
                key, "true or false", Boolean.toString(defaultValue), doc, false, false, Settings::parseBoolean);
    }

    /**
     * A time, such as {@code 500ms}, {@code 30s}, {@code 5m}, {@code 1h} or {@code 2d}.
     *
     * @param key the key
     * @param defaultValue the default
     * @param doc what it is for
     * @return the setting
     */
    public static Setting<Duration> duration(String key, Duration defaultValue, String doc) {
        return new Setting<>(
                key, "a time such as 30s", format(defaultValue), doc, false, false, Settings::parseDuration);
    }

    /**
     * A size in bytes, such as {@code 512KiB}, {@code 64MiB} or {@code 2GiB}.
     *
     * @param key the key
     * @param defaultBytes the default
     * @param doc what it is for
     * @return the setting
     */
    public static Setting<Long> size(String key, long defaultBytes, String doc) {
        return new Setting<>(key, "a size such as 64MiB", defaultBytes + "B", doc, false, false, Settings::parseSize);
    }

    /**
     * A file or directory.
     *
     * @param key the key
     * @param defaultValue the default
     * @param doc what it is for
     * @return the setting
     */
    public static Setting<Path> path(String key, String defaultValue, String doc) {
        return new Setting<>(key, "a path", defaultValue, doc, false, false, Path::of);
    }

    /**
     * One of an enum's constants, written in lower case with hyphens.
     *
     * @param key the key
     * @param defaultValue the default
     * @param doc what it is for
     * @param <E> the enum
     * @return the setting
     */
    public static <E extends Enum<E>> Setting<E> choice(String key, E defaultValue, String doc) {
        Class<E> enumType = defaultValue.getDeclaringClass();
        var type = Arrays.stream(enumType.getEnumConstants())
                .map(Settings::hyphenated)
                .collect(Collectors.joining(", ", "one of ", ""));
        return new Setting<>(
                key,
                type,
                hyphenated(defaultValue),
                doc,
                false,
                false,
                text -> parse(
                        text,
                        type,
                        written -> Enum.valueOf(
                                enumType, written.toUpperCase(Locale.ROOT).replace('-', '_'))));
    }

    /**
     * Several texts: a YAML list, or separated by commas.
     *
     * @param key the key
     * @param defaultValue the default
     * @param doc what it is for
     * @return the setting
     */
    public static Setting<List<String>> list(String key, List<String> defaultValue, String doc) {
        return new Setting<>(
                key,
                "a list separated by commas",
                String.join(",", defaultValue),
                doc,
                false,
                false,
                text -> Arrays.stream(text.split(","))
                        .map(String::strip)
                        .filter(part -> !part.isEmpty())
                        .toList());
    }

    /**
     * Numbers separated by commas, at least one.
     *
     * @param key the key
     * @param defaultValue the default
     * @param min the least that each may be
     * @param max the most that each may be
     * @param doc what they are for
     * @return the setting
     */
    public static Setting<List<Float>> numbers(
            String key, List<Float> defaultValue, double min, double max, String doc) {
        var type = "numbers from %s to %s, separated by commas".formatted(min, max);
        var given = defaultValue.stream().map(String::valueOf).collect(Collectors.joining(","));
        return new Setting<>(key, type, given, doc, false, false, text -> Arrays.stream(text.split(",", -1))
                .map(part -> {
                    float value = parse(part.strip(), type, Float::parseFloat);
                    return inRange(value >= min && value <= max, value, text, type);
                })
                .toList());
    }

    /**
     * Every key below one, passed on as it is. Values whose key speaks of passwords, secrets, tokens, keys or JAAS are masked.
     *
     * @param key the key above them
     * @param doc what they are for
     * @return the setting
     */
    public static Setting<Map<String, String>> section(String key, String doc) {
        return new Setting<>(key, "any keys below it", null, doc, false, true, text -> {
            throw new IllegalArgumentException("it is a section: set keys below it");
        });
    }

    private static String hyphenated(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Boolean parseBoolean(String text) {
        if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
            return Boolean.valueOf(text);
        }
        throw notA(text, "true or false");
    }

    private static Duration parseDuration(String text) {
        var match = DURATION.matcher(text.strip());
        if (!match.matches()) {
            throw notA(text, "a time: write a number and ms, s, m, h or d");
        }
        long amount = parse(match.group(1), "a time", Long::parseLong);
        var unit = match.group(2);
        if (unit.equals("ms")) {
            return Duration.ofMillis(amount);
        }
        return unit.equals("d") ? Duration.ofDays(amount) : Duration.parse("PT" + amount + unit);
    }

    private static Long parseSize(String text) {
        var match = SIZE.matcher(text.strip());
        if (!match.matches()) {
            throw notA(text, "a size: write a number and B, KiB, MiB or GiB");
        }
        long amount = parse(match.group(1), "a size", Long::parseLong);
        int shift = 10 * List.of("B", "KiB", "MiB", "GiB").indexOf(match.group(2));
        return Math.multiplyExact(amount, 1L << shift);
    }

    private static String format(Duration duration) {
        return duration.toMillisPart() == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }

    private static <T> T parse(String text, String type, Function<String, T> parser) {
        try {
            return parser.apply(text.strip());
        } catch (IllegalArgumentException e) {
            throw notA(text, type);
        }
    }

    private static <T> T inRange(boolean inside, T value, String text, String type) {
        if (!inside) {
            throw notA(text, type);
        }
        return value;
    }

    private static IllegalArgumentException notA(String text, String type) {
        return new IllegalArgumentException("'" + text + "' is not " + type);
    }
}
