package dev.preflow.app.config;

import dev.preflow.stream.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Gathers the configuration from its file, the environment and the command line. */
public final class ConfigSources {

    /** Names the file when the command line does not. */
    public static final String FILE_VARIABLE = "PREFLOW_CONFIG";

    /** The file that is read when none is named and it is there. */
    public static final Path DEFAULT_FILE = Path.of("preflow.yaml");

    /** Variables of the launcher and of this class: no settings. */
    private static final Set<String> NO_SETTINGS = Set.of(FILE_VARIABLE, "PREFLOW_JAVA_OPTS", "PREFLOW_PROFILE");

    private ConfigSources() {}

    /** As {@link #load(Path, Map, Map, Map)}, of a command without defaults of its own. */
    public static Config load(@Nullable Path file, Map<String, String> environment, Map<String, String> overrides)
            throws IOException {
        return load(file, environment, Map.of(), overrides);
    }

    /**
     * Reads and checks the configuration.
     *
     * @param file the file named on the command line; null for {@code PREFLOW_CONFIG}, else {@code preflow.yaml} where it is
     * @param environment the environment variables
     * @param defaults what a command has instead of the settings' own defaults, by key
     * @param overrides what the command line sets, by key
     * @return the configuration
     * @throws IOException when the file cannot be read
     * @throws dev.preflow.stream.config.ConfigException when a key or a value is wrong
     */
    public static Config load(
            @Nullable Path file,
            Map<String, String> environment,
            Map<String, String> defaults,
            Map<String, String> overrides)
            throws IOException {
        var builder = Config.with(AppSettings.ALL);
        var named =
                file == null && environment.containsKey(FILE_VARIABLE) ? Path.of(environment.get(FILE_VARIABLE)) : file;
        if (named != null) {
            if (!Files.isRegularFile(named)) {
                throw new IOException("There is no configuration file " + named);
            }
            builder.file(named);
        } else if (Files.isRegularFile(DEFAULT_FILE)) {
            builder.file(DEFAULT_FILE);
        }
        var variables = new HashMap<>(environment);
        variables.keySet().removeAll(NO_SETTINGS);
        return builder.defaults(defaults)
                .environment(variables)
                .overrides(overrides)
                .build();
    }
}
