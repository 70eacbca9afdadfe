package dev.preflow.app.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line's root. */
@Command(
        name = "preflow",
        version = "preflow 0.1.0",
        synopsisSubcommandLabel = "COMMAND",
        description = "Aligns text-to-image models with the feedback of multimodal LLMs, as a stream.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  preflow demo                        the whole loop on this machine",
            "  preflow push prompts.txt --wait     sends prompts and waits until each is judged",
            "  preflow watch --min-score 1         follows the images that score well",
            "  preflow serve --stages gateway      runs the gateway against your Kafka",
            "  preflow COMMAND --help              tells more of a command"
        },
        subcommands = {
            DemoCommand.class,
            PushCommand.class,
            WatchCommand.class,
            GenerateCommand.class,
            LoraCommand.class,
            ScoreCommand.class,
            InspectCommand.class,
            EvalCommand.class,
            PretrainCommand.class,
            ServeCommand.class,
            ConfigCommand.class,
            JudgeCommand.class,
        })
public final class PreflowCommand implements Runnable {

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Shows this help and ends.")
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Shows the version and ends.")
    private boolean version;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    /**
     * Runs a command line.
     *
     * @param args the command line
     * @return the exit code
     */
    public static int execute(String... args) {
        return commandLine().execute(args);
    }

    /**
     * The command line with every command, its errors as one line each.
     *
     * @return a new command line
     */
    public static CommandLine commandLine() {
        return new CommandLine(new PreflowCommand())
                .setExecutionExceptionHandler(new ErrorLine())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true);
    }

    /** Without a command there is nothing to do but to say so. */
    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Name a command");
    }
}
