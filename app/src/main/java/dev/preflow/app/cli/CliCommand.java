package dev.preflow.app.cli;

import java.util.concurrent.Callable;
import org.apache.logging.log4j.Level;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What every command has in common. Whatever it throws becomes one clear line and an exit code. */
public abstract class CliCommand implements Callable<Integer> {

    @Mixin
    private GlobalOptions options = new GlobalOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Shows this help and ends.")
    private boolean help;

    @Override
    public final Integer call() throws Exception {
        options.configureLogging(logLevel(), null);
        return run();
    }

    /**
     * Does the command's work.
     *
     * @return the exit code
     * @throws Exception when it fails; the message is for the user
     */
    protected abstract int run() throws Exception;

    /**
     * The lowest level of log lines that are shown unless the command line says otherwise.
     *
     * @return WARN: results speak for themselves
     */
    protected Level logLevel() {
        return Level.WARN;
    }

    /**
     * The options that every command takes.
     *
     * @return the options as given
     */
    protected final GlobalOptions options() {
        return options;
    }

    /**
     * The command as picocli knows it, with its streams for results and for messages.
     *
     * @return the model
     */
    protected final CommandSpec spec() {
        return spec;
    }
}
