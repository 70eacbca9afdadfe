package dev.preflow.app.cli;

import dev.preflow.app.feed.ScoreFilter;
import dev.preflow.app.kafka.KafkaContact;
import dev.preflow.app.watch.JsonFormat;
import dev.preflow.app.watch.TextFormat;
import dev.preflow.app.watch.WatchFormat;
import dev.preflow.app.watch.Watcher;
import dev.preflow.schemas.Purpose;
import dev.preflow.stream.TopicStart;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Follows the scored stream. */
@Command(
        name = "watch",
        description = "Follows scores, ratings and dead letters: text on a terminal, JSON lines in a pipe.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  preflow watch                                what comes from now on",
            "  preflow watch --from-start --min-score 1.5   the scores above 1.5 since the beginning",
            "  preflow watch --generator policy | jq .value for another program"
        })
public final class WatchCommand extends CliCommand {

    @Option(names = "--min-score", paramLabel = "SCORE", description = "Only scores from this on.")
    private @Nullable Double minScore;

    @Option(names = "--generator", paramLabel = "NAME", description = "Only scores of this generator's images.")
    private @Nullable String generator;

    @Option(names = "--rollouts", description = "Also the scores of images that are drawn for training.")
    private boolean rollouts;

    @Option(names = "--from-start", description = "Starts with what is on the topics, not with what comes.")
    private boolean fromStart;

    @Option(names = "--limit", paramLabel = "N", description = "Ends after so many lines.")
    private @Nullable Long limit;

    @Option(names = "--json", description = "JSON lines on a terminal too.")
    private boolean json;

    @Override
    protected int run() throws Exception {
        if (limit != null && limit < 1) {
            throw new ParameterException(spec().commandLine(), "--limit must be at least 1");
        }
        var kafka = KafkaContact.make(options().config());
        var filter = new ScoreFilter(minScore, generator, null, rollouts ? null : Purpose.JUDGE);
        boolean scoresOnly = minScore != null || generator != null;
        var out = spec().commandLine().getOut();
        try (var watcher = new Watcher(out, format(), filter, limit == null ? Long.MAX_VALUE : limit)) {
            watcher.start(kafka, fromStart ? TopicStart.beginning() : TopicStart.end(), scoresOnly);
            watcher.await();
        }
        return ExitCodes.OK;
    }

    private WatchFormat format() {
        return json || System.console() == null ? new JsonFormat() : new TextFormat(ZoneId.systemDefault());
    }
}
