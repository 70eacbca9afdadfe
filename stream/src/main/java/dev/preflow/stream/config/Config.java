package dev.preflow.stream.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The configuration: what the command line says goes before the environment, the environment before the file, the file before
 * the defaults. It is checked as a whole when it is made; reading it cannot fail on a bad value.
 */
public final class Config {

    static final String ENVIRONMENT_PREFIX = "PREFLOW_";
    static final String DEFAULT_SOURCE = "default";

    private static final Pattern SENSITIVE = Pattern.compile("password|secret|token|jaas|credential|\\.key$|\\.key\\.");

    private final List<Setting<?>> settings;
    private final Map<String, Value> values;

    Config(List<Setting<?>> settings, Map<String, Value> values) {
        this.settings = List.copyOf(settings);
        this.values = new TreeMap<>(values);
    }

    /**
     * Starts a configuration.
     *
     * @param settings every setting there is
     * @return a builder
     */
    public static ConfigBuilder with(List<Setting<?>> settings) {
        return new ConfigBuilder(settings);
    }

    /**
     * A setting's value.
     *
     * @param setting the setting
     * @param <T> its type
     * @return what was set, else the default
     * @throws ConfigException when it was not set and has no default
     */
    public <T> T get(Setting<T> setting) {
        return find(setting)
                .orElseThrow(() ->
                        new ConfigException(List.of("%s is not set and has no default: give it %s in the file, or %s"
                                .formatted(setting.key(), setting.type(), setting.environmentVariable()))));
    }

    /**
     * A setting's value, when it has one.
     *
     * @param setting the setting
     * @param <T> its type
     * @return what was set, else the default, else nothing
     */
    public <T> Optional<T> find(Setting<T> setting) {
        if (setting.key().contains(Setting.WILDCARD)) {
            throw new IllegalArgumentException("Say which name's " + setting.key() + " with Setting.named");
        }
        if (setting.section()) {
            return Optional.of(section(setting));
        }
        var value = values.get(setting.key());
        return value == null
                ? setting.defaultValue()
                : Optional.of(setting.parser().apply(value.text()));
    }

    /**
     * The names for which something is set under a key with a {@code *} segment.
     *
     * @param setting a setting with one value per name
     * @return the names, sorted, of this setting and of its neighbours under the same prefix
     */
    public SortedSet<String> names(Setting<?> setting) {
        var prefix = setting.key().substring(0, setting.key().indexOf(Setting.WILDCARD));
        var names = new TreeSet<String>();
        for (var key : values.keySet()) {
            var declared = declaring(settings, key);
            if (declared != null && declared.key().startsWith(prefix + Setting.WILDCARD)) {
                int end = key.indexOf('.', prefix.length());
                names.add(key.substring(prefix.length(), end < 0 ? key.length() : end));
            }
        }
        return names;
    }

    /**
     * The effective configuration, secrets masked.
     *
     * @return a line per setting, by key
     */
    public List<Line> lines() {
        var lines = new TreeMap<String, Line>();
        for (var setting : settings) {
            if (setting.defaultText() != null && !setting.key().contains(Setting.WILDCARD)) {
                lines.put(setting.key(), new Line(setting.key(), setting.defaultText(), DEFAULT_SOURCE, setting.doc()));
            }
        }
        values.forEach((key, value) -> {
            var setting = declaring(settings, key);
            if (setting != null) {
                boolean hidden = setting.secret()
                        || setting.section() && SENSITIVE.matcher(key).find();
                var shown = hidden ? Secret.HIDDEN : value.text();
                lines.put(key, new Line(key, shown, value.source(), setting.doc()));
            }
        });
        return List.copyOf(lines.values());
    }

    /** The keys and where they come from; never a value. */
    @Override
    public String toString() {
        return "Config" + values.keySet();
    }

    @SuppressWarnings("unchecked")
    private <T> T section(Setting<T> setting) {
        var prefix = setting.key() + ".";
        var below = new LinkedHashMap<String, String>();
        values.forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                below.put(key.substring(prefix.length()), value.text());
            }
        });
        // a section is made by Settings.section only, as a map of texts
        return (T) Map.copyOf(below);
    }

    static @Nullable Setting<?> declaring(List<Setting<?>> settings, String key) {
        var candidates = new ArrayList<Setting<?>>();
        for (var setting : settings) {
            if (setting.key().equals(key)) {
                return setting;
            }
            if (setting.section() && key.startsWith(setting.key() + ".") || matches(setting.key(), key)) {
                candidates.add(setting);
            }
        }
        return candidates.isEmpty() ? null : candidates.get(0);
    }

    private static boolean matches(String pattern, String key) {
        return pattern.contains(Setting.WILDCARD)
                && key.matches(Pattern.quote(pattern).replace(Setting.WILDCARD, "\\E[^.]+\\Q"));
    }

    /**
     * What was set.
     *
     * @param text as it was written
     * @param source where
     */
    record Value(String text, String source) {}

    /**
     * One setting as it is in effect.
     *
     * @param key its key
     * @param value its value, masked when secret
     * @param source where it was set
     * @param doc what it is for
     */
    public record Line(String key, String value, String source, String doc) {}
}
