package dev.preflow.app.cli;

import dev.preflow.app.stages.NativeEnd;
import dev.preflow.app.stages.Node;
import dev.preflow.app.stages.StageName;
import dev.preflow.stream.observe.Health;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Runs stages. */
@Command(
        name = "serve",
        description = "Runs stages against a Kafka cluster until it is stopped; SIGTERM and Ctrl-C drain them.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  preflow serve                                       every stage in this process",
            "  preflow serve --stages planner,gateway --bootstrap kafka:9092",
            "  preflow serve --stages annotators --config mine.yaml --log-format json",
            "",
            "Processes that run the same stage share its work: add processes, up to the number of partitions."
        })
public final class ServeCommand extends CliCommand {
    private static final long LOOK_SECONDS = 5;

    @Option(
            names = "--stages",
            paramLabel = "NAMES",
            split = ",",
            defaultValue = "all",
            description =
                    "Stages, separated by commas: planner, generators, assembler, annotators, learner, scorer, trainer, gateway, or all.")
    private List<String> stages = List.of();

    @Override
    protected Level logLevel() {
        return Level.INFO;
    }

    @Override
    protected int run() throws Exception {
        var names = names();
        var node = Node.open(options().config());
        var stopped = new CountDownLatch(1);
        // The virtual machine starts this on SIGTERM and on Ctrl-C, and ends when it has ended.
        var drain = new Thread(
                () -> {
                    node.close();
                    stopped.countDown();
                    LogManager.shutdown();
                    NativeEnd.haltIfRequired(ExitCodes.INTERRUPTED);
                },
                "drain");
        try {
            node.start(names);
        } catch (Exception e) {
            node.close();
            throw e;
        }
        Runtime.getRuntime().addShutdownHook(drain);
        while (!stopped.await(LOOK_SECONDS, TimeUnit.SECONDS)) {
            var life = node.context().runtime().health().live();
            if (!life.ok()) {
                // whoever supervises the process starts it again; the other stages drain on the way out
                throw new IllegalStateException(dead(life));
            }
        }
        return ExitCodes.OK;
    }

    private static String dead(Health.Report life) {
        return life.checks().entrySet().stream()
                .filter(check -> !check.getValue().ok())
                .map(check -> check.getKey() + " " + check.getValue().detail())
                .collect(Collectors.joining("; ", "Only a restart helps: ", ""));
    }

    private Set<StageName> names() {
        try {
            return StageName.parse(stages);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec().commandLine(), e.getMessage(), e);
        }
    }
}
