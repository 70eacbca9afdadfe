package dev.preflow.stream.config;

import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One setting: its key, its type, its default and what it is for. A key with a {@code *} segment, such as
 * {@code annotators.*.url}, stands for one setting per name; {@link #named} gives the setting of a name.
 *
 * @param key dotted, in lower case
 * @param type what a value must be, in words
 * @param defaultText the default as it would be written in the file; null when the setting has none
 * @param doc what it is for
 * @param secret whether its value is masked wherever it is shown
 * @param section whether it takes every key below its own
 * @param parser turns what is written into the value; throws IllegalArgumentException with what is wrong
 * @param <T> the value
 */
public record Setting<T>(
        String key,
        String type,
        @Nullable String defaultText,
        String doc,
        boolean secret,
        boolean section,
        Function<String, T> parser) {

    static final String WILDCARD = "*";

    /**
     * The same setting without a default: reading it when it is not set is an error, {@link Config#find} says so gently.
     *
     * @return the setting
     */
    public Setting<T> withoutDefault() {
        return new Setting<>(key, type, null, doc, secret, section, parser);
    }

    /**
     * The setting of one name.
     *
     * @param name takes the place of the {@code *}
     * @return the setting
     */
    public Setting<T> named(String name) {
        if (!key.contains(WILDCARD)) {
            throw new IllegalArgumentException("The setting " + key + " is not one per name");
        }
        return new Setting<>(key.replace(WILDCARD, name), type, defaultText, doc, secret, section, parser);
    }

    /**
     * The environment variable that sets it.
     *
     * @return its name
     */
    public String environmentVariable() {
        return Config.ENVIRONMENT_PREFIX
                + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    Optional<T> defaultValue() {
        return Optional.ofNullable(defaultText).map(parser);
    }
}
