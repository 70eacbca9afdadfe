package dev.preflow.app.cli;

import dev.preflow.app.config.AppSettings;
import dev.preflow.app.kafka.KafkaContact;
import dev.preflow.models.image.RgbImage;
import dev.preflow.models.reward.VpScore;
import dev.preflow.models.tensor.Torch;
import dev.preflow.schemas.Release;
import dev.preflow.schemas.ReleaseKind;
import dev.preflow.stream.TopicReader;
import dev.preflow.stream.TopicStart;
import dev.preflow.stream.blob.BlobStore;
import dev.preflow.stream.blob.ReleaseFiles;
import dev.preflow.stream.config.Config;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Scores image files. */
@Command(
        name = "score",
        description = "Scores image files for a prompt by VP-Score, a line per image: the score, a tab, the file.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  preflow score \"a red circle\" one.png two.png         by the newest release on the topic",
            "  preflow score --model my-vp-score \"a red circle\" one.png",
            "",
            "Higher is better. Scores of one release can be compared with each other, and with no others."
        })
public final class ScoreCommand extends CliCommand {

    @Parameters(index = "0", paramLabel = "PROMPT", description = "What the images shall show.")
    private String prompt = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "IMAGE", description = "PNG, JPEG, GIF or BMP files.")
    private List<Path> files = List.of();

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "Directory of a VP-Score; else the newest release on the topic.")
    private @Nullable Path model;

    @Override
    protected int run() throws Exception {
        var images = new ArrayList<RgbImage>();
        for (var file : files) {
            images.add(read(file));
        }
        var directory = model == null ? newestRelease(options().config()) : model;
        try (var manager = Torch.newManager();
                var vpScore = VpScore.load(directory, manager)) {
            float[] scores = vpScore.score(images, Collections.nCopies(images.size(), prompt));
            var out = spec().commandLine().getOut();
            for (int i = 0; i < scores.length; i++) {
                out.printf(Locale.ROOT, "%.6f\t%s%n", scores[i], files.get(i));
            }
            out.flush();
        }
        return ExitCodes.OK;
    }

    private static RgbImage read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException("There is no file " + file);
        }
        BufferedImage image = ImageIO.read(file.toFile());
        if (image == null) {
            throw new IOException(file + " is no PNG, JPEG, GIF or BMP image");
        }
        return RgbImage.of(image);
    }

    private static Path newestRelease(Config config) throws IOException {
        var kafka = KafkaContact.make(config);
        var newest = new AtomicReference<@Nullable Release>();
        try (var reader =
                TopicReader.start(kafka.connection(), kafka.topics().releases(), TopicStart.beginning(), delivery -> {
                    if (delivery.record().getKind() == ReleaseKind.REWARD) {
                        newest.set(delivery.record());
                    }
                })) {
            reader.caughtUp().await();
        }
        var release = newest.get();
        if (release == null) {
            throw new IOException("VP-Score has no release yet: let it learn first, or name a directory with --model");
        }
        var blobs = new BlobStore(config.get(AppSettings.BLOBS));
        return new ReleaseFiles(blobs, config.get(AppSettings.STATE).resolve("score"), Clock.systemUTC())
                .unpack(release);
    }
}
