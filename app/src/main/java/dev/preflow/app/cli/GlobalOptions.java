package dev.preflow.app.cli;

import dev.preflow.app.config.ConfigSources;
import dev.preflow.stream.config.Config;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.logging.log4j.Level;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that every command takes. */
public final class GlobalOptions {

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Configuration file; else $PREFLOW_CONFIG, else preflow.yaml where it is.")
    private @Nullable Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Sets one setting, above file and environment; may be repeated. See preflow config --docs.")
    private Map<String, String> overrides = new LinkedHashMap<>();

    @Option(
            names = "--bootstrap",
            paramLabel = "HOST:PORT",
            description = "Kafka's bootstrap servers; short for --set kafka.bootstrap.servers=...")
    private @Nullable String bootstrap;

    @Option(names = "--verbose", description = "Shows stack traces of errors, and more of the log.")
    private boolean verbose;

    @Option(names = "--log-level", paramLabel = "LEVEL", description = "trace, debug, info, warn, error or off.")
    private @Nullable String logLevel;

    @Option(
            names = "--log-format",
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "text, or json for one object per line.")
    private LogFormat logFormat = LogFormat.TEXT;

    @Option(names = "--log-file", paramLabel = "FILE", description = "Writes the log there, not to standard error.")
    private @Nullable Path logFile;

    /**
     * Whether stack traces are shown.
     *
     * @return true when asked for
     */
    public boolean verbose() {
        return verbose;
    }

    /**
     * The configuration.
     *
     * @return what file, environment and command line give
     * @throws IOException when the file cannot be read
     */
    public Config config() throws IOException {
        return config(Map.of());
    }

    /** As {@link #config(Map, Map)}, of a command without defaults of its own. */
    public Config config(Map<String, String> commandOverrides) throws IOException {
        return config(Map.of(), commandOverrides);
    }

    /**
     * The configuration of a command that has settings of its own.
     *
     * @param defaults what it has instead of the settings' own defaults; file and environment go before it
     * @param commandOverrides what its own options set; {@code --set} alone goes before it
     * @return what file, environment and command line give
     * @throws IOException when the file cannot be read
     */
    public Config config(Map<String, String> defaults, Map<String, String> commandOverrides) throws IOException {
        var all = new LinkedHashMap<>(commandOverrides);
        if (bootstrap != null) {
            all.put("kafka.bootstrap.servers", bootstrap);
        }
        all.putAll(overrides);
        return ConfigSources.load(file, System.getenv(), defaults, all);
    }

    /**
     * Sets the log up as asked for.
     *
     * @param absent the level when the command line names none
     * @param absentFile where the log goes when the command line does not say; null for standard error
     */
    public void configureLogging(Level absent, @Nullable Path absentFile) {
        var level = logLevel == null ? (verbose ? Level.DEBUG : absent) : Level.toLevel(logLevel, absent);
        Logging.configure(level, logFormat, logFile == null ? absentFile : logFile);
    }
}
