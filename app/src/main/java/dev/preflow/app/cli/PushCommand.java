package dev.preflow.app.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.preflow.annotators.AnnotatorSettings;
import dev.preflow.app.kafka.KafkaContact;
import dev.preflow.app.push.Outcomes;
import dev.preflow.producers.source.FeedPace;
import dev.preflow.producers.source.FeedReport;
import dev.preflow.producers.source.PromptFeeder;
import dev.preflow.producers.source.PromptFormat;
import dev.preflow.producers.source.PromptSource;
import dev.preflow.producers.source.PromptSources;
import dev.preflow.schemas.Prompt;
import dev.preflow.stream.Publisher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sends prompts. */
@Command(
        name = "push",
        description = "Sends prompts to the topic, and says how many Kafka has acknowledged.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  preflow push prompts.txt                 one prompt per line; empty lines are passed over",
            "  preflow push prompts.jsonl               {\"text\": ...} or {\"prompt\": ...} or a string per line",
            "  preflow push prompts.json                an array of such values",
            "  generate | preflow push - --wait         waits until each has been judged or given up",
            "",
            "An entry that cannot be taken is told of with its line; the others are sent, and the exit code is 1."
        })
public final class PushCommand extends CliCommand {

    private static final Duration FOREVER = Duration.ofDays(365);

    @Parameters(paramLabel = "FILE", description = "File of prompts, or - for standard input.")
    private String file = "-";

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "lines, json-lines or json-array; else the file's name tells, and standard input is lines.")
    private @Nullable String format;

    @Option(names = "--wait", description = "Waits until every prompt has been judged or given up.")
    private boolean wait;

    @Option(
            names = "--wait-limit",
            paramLabel = "SECONDS",
            description = "Waits no longer; exit code 1 if some are open.")
    private @Nullable Integer waitSeconds;

    @Option(names = "--print", description = "Prints every acknowledged prompt as a line of JSON with its id.")
    private boolean print;

    private final ObjectMapper mapper = new ObjectMapper();

    @Override
    protected int run() throws Exception {
        var config = options().config();
        try (var source = open()) {
            var kafka = KafkaContact.make(config);
            try (var publisher = new Publisher(kafka.connection());
                    var outcomes = wait || waitSeconds != null
                            ? new Outcomes(kafka, config.get(AnnotatorSettings.KEEP_DONE))
                            : null) {
                var report = feed(source, kafka, publisher, outcomes);
                int code = tell(report);
                return outcomes == null ? code : Math.max(code, await(outcomes));
            }
        }
    }

    private PromptSource open() throws IOException {
        if (file.equals("-")) {
            return PromptSources.stream("stdin", promptFormat(PromptFormat.LINES), System.in);
        }
        var path = Path.of(file);
        try {
            var name = String.valueOf(path.getFileName());
            return PromptSources.stream(
                    "file:" + name, promptFormat(PromptFormat.ofFileName(name)), Files.newInputStream(path));
        } catch (NoSuchFileException e) {
            throw new IOException("There is no file " + file, e);
        }
    }

    private PromptFormat promptFormat(PromptFormat absent) {
        return format == null ? absent : Choice.parse(PromptFormat.class, "--format", format, spec());
    }

    private FeedReport feed(PromptSource source, KafkaContact kafka, Publisher publisher, @Nullable Outcomes outcomes)
            throws IOException, InterruptedException {
        var topic = kafka.topics().prompts();
        var feeder = new PromptFeeder(publisher, topic, false, FeedPace.unlimited(), Clock.systemUTC());
        var progress = new ProgressLine(spec().commandLine().getErr());
        var acknowledged = new AtomicLong();
        var report = feeder.feed(source, prompt -> {
            if (outcomes != null) {
                outcomes.expect(prompt.getId());
            }
            print(prompt);
            progress.show(acknowledged.incrementAndGet() + " prompts acknowledged");
        });
        progress.clear();
        return report;
    }

    private synchronized void print(Prompt prompt) {
        if (print) {
            var line = mapper.createObjectNode().put("id", prompt.getId()).put("text", prompt.getText());
            spec().commandLine().getOut().println(line);
        }
    }

    private int tell(FeedReport report) {
        var err = spec().commandLine().getErr();
        for (var refused : report.examples()) {
            err.printf("preflow: %s, entry %d: %s%n", file, refused.position(), refused.reason());
        }
        if (report.refused() > report.examples().size()) {
            err.printf(
                    "preflow: and %d more%n",
                    report.refused() - report.examples().size());
        }
        spec().commandLine().getOut().flush();
        err.printf("%d prompts acknowledged, %d refused%n", report.published(), report.refused());
        err.flush();
        return report.refused() == 0 ? ExitCodes.OK : ExitCodes.FAILURE;
    }

    private int await(Outcomes outcomes) throws InterruptedException {
        var progress = new ProgressLine(spec().commandLine().getErr());
        var limit = waitSeconds == null ? FOREVER : Duration.ofSeconds(waitSeconds);
        long end = System.nanoTime() + limit.toNanos();
        while (outcomes.open() > 0 && System.nanoTime() < end) {
            outcomes.await(Duration.ofMillis(500));
            progress.show(outcomes.open() + " prompts under way");
        }
        progress.clear();
        var err = spec().commandLine().getErr();
        outcomes.summary().forEach((how, count) -> err.printf("%6d %s%n", count, how));
        err.flush();
        return outcomes.open() == 0 ? ExitCodes.OK : ExitCodes.FAILURE;
    }
}
