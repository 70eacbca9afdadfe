package dev.preflow.app.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.preflow.models.image.RgbImage;
import dev.preflow.models.reward.VpScore;
import dev.preflow.schemas.ReleaseKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.apache.logging.log4j.Level;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** Scores image files. */
@Command(
        name = "score",
        description = "Scores image files for a prompt by VP-Score: text on a terminal, JSON lines in a pipe.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  preflow score \"a red circle\" one.png two.png     by the newest release",
            "  preflow score --data data \"a red circle\" one.png  by a demo's newest release",
            "  preflow score --model mine \"a red circle\" one.png by a VP-Score's directory",
            "  preflow score --model ImageReward.pt \"a cat\" c.png by a published file, with its vocab.txt beside it",
            "",
            "Higher is better. Only scores of the same model can be compared."
        })
public final class ScoreCommand extends CliCommand {

    /** Weights, and what they are called. */
    private record Model(Path source, String name) {}

    @Parameters(index = "0", paramLabel = "PROMPT", description = "What the images shall show.")
    private String prompt = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "IMAGE", description = "PNG, JPEG, GIF or BMP files.")
    private List<Path> files = List.of();

    @Option(
            names = "--model",
            paramLabel = "PATH",
            description = "Directory of a VP-Score, or ImageReward's file; else the newest release.")
    private @Nullable Path model;

    @Mixin
    private ReleaseOptions releases = new ReleaseOptions();

    @Mixin
    private ComputeOptions computing = new ComputeOptions();

    @Option(names = "--json", description = "JSON lines on a terminal too.")
    private boolean json;

    private final ObjectMapper mapper = new ObjectMapper();

    /** Kafka's clients warn many times before this command says in one line that Kafka is not there. */
    @Override
    protected Level logLevel() {
        return Level.ERROR;
    }

    @Override
    protected int run() throws Exception {
        if (model != null && releases.given()) {
            throw new ParameterException(spec().commandLine(), "Give --model or --data, not both");
        }
        var images = new ArrayList<RgbImage>();
        for (var file : files) {
            images.add(read(file));
        }
        var chosen = choose();
        try (var manager = computing.read(options()).newManager();
                var vpScore = VpScore.load(chosen.source(), manager)) {
            float[] scores = vpScore.score(images, Collections.nCopies(images.size(), prompt));
            for (int i = 0; i < scores.length; i++) {
                tell(files.get(i), scores[i], chosen.name());
            }
            spec().commandLine().getOut().flush();
        }
        return ExitCodes.OK;
    }

    private void tell(Path file, float score, String name) {
        var out = spec().commandLine().getOut();
        if (json || System.console() == null) {
            out.println(mapper.createObjectNode()
                    .put("score", score)
                    .put("file", file.toString())
                    .put("model", name));
        } else {
            out.printf(Locale.ROOT, "%8.3f  %s%n", score, file);
        }
    }

    private static RgbImage read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException("There is no file " + file);
        }
        try {
            return RgbImage.decode(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new IOException("Cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private Model choose() throws IOException, InterruptedException {
        if (model != null) {
            ModelDirectory.requireVpScore(model, "--model");
            return new Model(model, model.toString());
        }
        return releases.read(options())
                .find(ReleaseKind.REWARD)
                .map(found -> new Model(found.directory(), found.release().getId()))
                .orElseThrow(() ->
                        new IOException("VP-Score has no release yet: let it learn first, or name one with --model"));
    }
}
