package dev.preflow.app.cli;

import java.nio.file.Path;
import java.util.Locale;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.jspecify.annotations.Nullable;

/** Sets up the log. It goes to standard error, never to standard output, which belongs to results. */
public final class Logging {

    private Logging() {}

    /**
     * Sets the log up, instead of how it was.
     *
     * @param level the lowest level of Preflow's own lines; libraries are shown from WARN on, or from this level if it is higher
     * @param format how lines look
     * @param file where they go; null for standard error
     */
    public static void configure(Level level, LogFormat format, @Nullable Path file) {
        var libraries = level.isMoreSpecificThan(Level.WARN) ? level : Level.WARN;
        System.setProperty("preflow.log.level", level.name());
        System.setProperty("preflow.log.libraries", libraries.name());
        System.setProperty(
                "preflow.log.target",
                (file == null ? "stderr-" : "file-") + format.name().toLowerCase(Locale.ROOT));
        System.setProperty("preflow.log.file", file == null ? "" : file.toString());
        Configurator.reconfigure();
    }
}
