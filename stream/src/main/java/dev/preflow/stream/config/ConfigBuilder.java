package dev.preflow.stream.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.preflow.stream.config.Config.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gathers a {@link Config} from its sources, and every problem with it. */
public final class ConfigBuilder {

    private static final Logger log = LoggerFactory.getLogger(ConfigBuilder.class);

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final List<Setting<?>> settings;
    private final Map<String, Value> defaults = new HashMap<>();
    private final Map<String, Value> file = new HashMap<>();
    private final Map<String, Value> environment = new HashMap<>();
    private final Map<String, Value> overrides = new HashMap<>();
    private final List<String> problems = new ArrayList<>();

    ConfigBuilder(List<Setting<?>> settings) {
        this.settings = List.copyOf(settings);
    }

    /**
     * Adds what a command has instead of the settings' own defaults; every other source goes before it.
     *
     * @param values by key
     * @return this
     */
    public ConfigBuilder defaults(Map<String, String> values) {
        values.forEach((key, text) -> defaults.put(key, new Value(text, "the command's default")));
        return this;
    }

    /**
     * Adds a YAML file. Keys may be nested or dotted.
     *
     * @param path the file
     * @return this
     * @throws IOException when it cannot be read
     */
    public ConfigBuilder file(Path path) throws IOException {
        try (var in = Files.newBufferedReader(path)) {
            var root = YAML.readTree(in);
            if (root != null && root.isObject()) {
                flatten("", root, (key, text) -> file.put(key, new Value(text, path.toString())));
            } else if (root != null && !root.isMissingNode() && !root.isNull()) {
                problems.add(path + " is not a YAML mapping of keys to values");
            }
        } catch (JacksonException e) {
            // the message of the library quotes the source, which may hold a secret
            problems.add("%s is not YAML, at line %d"
                    .formatted(
                            path, e.getLocation() == null ? 1 : e.getLocation().getLineNr()));
        }
        return this;
    }

    /**
     * Adds environment variables: {@code PREFLOW_KAFKA_BOOTSTRAP_SERVERS} sets {@code kafka.bootstrap.servers}. Others are
     * left alone.
     *
     * @param variables such as {@link System#getenv()}
     * @return this
     */
    public ConfigBuilder environment(Map<String, String> variables) {
        variables.forEach((name, text) -> {
            if (name.startsWith(Config.ENVIRONMENT_PREFIX)) {
                keyOf(name)
                        .ifPresentOrElse(
                                key -> environment.put(key, new Value(text, "environment")),
                                () -> log.warn("The environment variable {} sets nothing that Preflow knows", name));
            }
        });
        return this;
    }

    /**
     * Adds what was set by hand, such as {@code --set key=value}.
     *
     * @param values by key
     * @return this
     */
    public ConfigBuilder overrides(Map<String, String> values) {
        values.forEach((key, text) -> overrides.put(key, new Value(text, "command line")));
        return this;
    }

    /**
     * Checks everything and makes the configuration.
     *
     * @return the configuration
     * @throws ConfigException with every unknown key and every bad value
     */
    public Config build() {
        var values = new HashMap<>(defaults);
        values.putAll(file);
        values.putAll(environment);
        values.putAll(overrides);
        values.keySet().stream().sorted().forEach(key -> check(key, values.get(key)));
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return new Config(settings, values);
    }

    private void check(String key, Value value) {
        var setting = Config.declaring(settings, key);
        if (setting == null) {
            problems.add("%s (%s) is not a setting: did you mean %s?".formatted(key, value.source(), nearest(key)));
        } else if (!setting.section() || setting.key().equals(key)) {
            try {
                setting.parser().apply(value.text());
            } catch (IllegalArgumentException | ArithmeticException e) {
                var wrong = setting.secret() ? "is not " + setting.type() : String.valueOf(e.getMessage());
                problems.add("%s (%s): %s".formatted(key, value.source(), wrong));
            }
        }
    }

    private Optional<String> keyOf(String variable) {
        for (var setting : settings) {
            var name = setting.environmentVariable();
            if (name.equals(variable)) {
                return Optional.of(setting.key());
            }
            if (setting.section() && variable.startsWith(name + "_")) {
                var below = variable.substring(name.length() + 1)
                        .toLowerCase(Locale.ROOT)
                        .replace('_', '.');
                return Optional.of(setting.key() + "." + below);
            }
        }
        return settings.stream()
                .filter(setting -> setting.key().contains(Setting.WILDCARD))
                .flatMap(setting ->
                        nameIn(variable, setting).map(name -> setting.key().replace(Setting.WILDCARD, name)).stream())
                .findFirst();
    }

    private static Optional<String> nameIn(String variable, Setting<?> setting) {
        var pattern = Pattern.quote(setting.environmentVariable()).replace(Setting.WILDCARD, "\\E([A-Z0-9_]+)\\Q");
        var match = Pattern.compile(pattern).matcher(variable);
        return match.matches()
                ? Optional.of(match.group(1).toLowerCase(Locale.ROOT).replace('_', '-'))
                : Optional.empty();
    }

    private static void flatten(String prefix, JsonNode node, BiConsumer<String, String> sink) {
        for (var entry : node.properties()) {
            var key = prefix.isEmpty() ? entry.getKey() : prefix + "." + entry.getKey();
            var value = entry.getValue();
            if (value.isObject()) {
                flatten(key, value, sink);
            } else if (value.isArray()) {
                sink.accept(
                        key,
                        StreamSupport.stream(value.spliterator(), false)
                                .map(JsonNode::asText)
                                .collect(Collectors.joining(",")));
            } else if (!value.isNull()) {
                sink.accept(key, value.asText());
            }
        }
    }

    private String nearest(String key) {
        return settings.stream()
                .map(Setting::key)
                .min((a, b) -> Integer.compare(distance(key, a), distance(key, b)))
                .orElse("nothing");
    }

    /** Levenshtein's edit distance, row by row. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
