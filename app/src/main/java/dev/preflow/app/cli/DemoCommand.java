package dev.preflow.app.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.preflow.app.config.Home;
import dev.preflow.app.demo.Demo;
import dev.preflow.app.demo.DemoOptions;
import dev.preflow.app.demo.DemoStatus;
import dev.preflow.app.stages.NativeEnd;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Runs the whole loop on this machine. */
@Command(
        name = "demo",
        description = "Runs the whole loop on this machine: Kafka, the stages, a judge, prompts, and the page.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  preflow demo                                        until Ctrl-C; the next start continues",
            "  preflow demo --headless --for 20m --report r.json   a measured run",
            "",
            "While it runs, in another terminal: preflow push prompts.txt --wait, and preflow watch.",
            "Without a terminal the status is a line of JSON every few seconds."
        })
public final class DemoCommand extends CliCommand {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Option(names = "--for", paramLabel = "DURATION", description = "Ends after this time, such as 90s, 20m or 2h.")
    private @Nullable String duration;

    @Option(names = "--headless", description = "Writes lines of JSON even on a terminal.")
    private boolean headless;

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description = "Evaluates at the end of --for and writes a report, and a contact sheet beside it.")
    private @Nullable Path report;

    @Option(names = "--data", paramLabel = "DIR", defaultValue = "data", description = "Folder of all that is kept.")
    private Path data = Path.of("data");

    @Option(names = "--base", paramLabel = "DIR", description = "Base model; else the one that comes with Preflow.")
    private @Nullable Path base;

    @Option(names = "--port", paramLabel = "PORT", defaultValue = "8080", description = "Port of the page.")
    private int port;

    @Option(names = "--threads", paramLabel = "N", description = "Cores that it may use; else all.")
    private @Nullable Integer threads;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Seed of prompts and weights.")
    private long seed;

    @Override
    protected Level logLevel() {
        return Level.WARN;
    }

    @Override
    protected int run() throws Exception {
        if (report != null && duration == null) {
            throw new ParameterException(
                    spec().commandLine(),
                    "--report: the report is made at the end of --for; give a duration such as 20m");
        }
        DemoOptions demoOptions = new DemoOptions(
                data,
                base == null ? Home.baseModel() : base,
                duration(),
                report,
                port,
                threads == null ? Runtime.getRuntime().availableProcessors() : threads,
                seed);
        Demo demo = Demo.start(demoOptions, options()::config);
        Thread drain = new Thread(
                () -> {
                    demo.close();
                    LogManager.shutdown();
                    NativeEnd.haltIfRequired(ExitCodes.INTERRUPTED);
                },
                "drain");
        Runtime.getRuntime().addShutdownHook(drain);
        var err = spec().commandLine().getErr();
        err.printf("Preflow runs: %s   Kafka: %s   data: %s%n", demo.url(), demo.bootstrapServers(), data);
        if (demo.isElsewhere()) {
            err.printf("Another Kafka has port 9092: give push and watch --bootstrap %s%n", demo.bootstrapServers());
        }
        err.flush();
        var line = new ProgressLine(err);
        boolean over = demo.run(status -> show(status, line));
        line.clear();
        if (over && report != null) {
            err.println("The time is over: what is under way is finished, then the report is made.");
            err.flush();
            demo.finish(report);
            err.printf("Report: %s%n", report);
            err.flush();
        }
        if (over) {
            Runtime.getRuntime().removeShutdownHook(drain);
            demo.close();
        } else {
            // the drain thread was started by Ctrl-C and ends the process
            drain.join();
        }
        return ExitCodes.OK;
    }

    private @Nullable Duration duration() {
        return duration == null ? null : Durations.parse(duration, "--for", spec());
    }

    private void show(DemoStatus status, ProgressLine line) {
        if (!headless && System.console() != null) {
            line.show(status.line());
            return;
        }
        try {
            spec().commandLine().getOut().println(JSON.writeValueAsString(status));
            spec().commandLine().getOut().flush();
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
