package dev.preflow.scorer;

import ai.djl.ndarray.NDManager;
import dev.preflow.models.reward.VpScore;
import dev.preflow.models.reward.VpScoreConfig;
import dev.preflow.models.tokenizer.WordPieceTokenizer;
import dev.preflow.schemas.BlobRef;
import dev.preflow.schemas.Image;
import dev.preflow.schemas.Preference;
import dev.preflow.schemas.Release;
import dev.preflow.schemas.ReleaseKind;
import dev.preflow.stream.blob.BlobStore;
import dev.preflow.stream.blob.ReleaseFiles;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;

/** A world in which the brighter of two images is preferred, and a network that is small enough to learn it in seconds. */
public final class BrightWorld {

    private static final int SIZE = 16;

    private final BlobStore blobs;
    private final ReleaseFiles files;
    private final Path folder;

    /** A world in a folder. */
    public BrightWorld(Path folder) throws IOException {
        this.folder = folder;
        blobs = new BlobStore(folder.resolve("blobs"));
        files = files("own");
    }

    /** Where the images are. */
    public BlobStore blobs() {
        return blobs;
    }

    /** Packs releases, and lays them out in a cache of a name. */
    public ReleaseFiles files(String cache) throws IOException {
        return new ReleaseFiles(blobs, folder.resolve("cache").resolve(cache), Clock.systemUTC());
    }

    /** A random network of some 20,000 parameters. */
    public static VpScore model(NDManager parent, long seed) {
        var tokenizer = WordPieceTokenizer.ofCorpus(List.of("words of prompt 0 1 2 3 4 5 6 7 8 9"));
        int words = tokenizer.vocabularySize();
        var config = new VpScoreConfig(
                SIZE, 8, List.of(), 32, 1, 2, words, 32, 1, 2, 16, 16, List.of(32, 1), List.of(), 0, 1);
        return VpScore.create(config, tokenizer, parent, seed);
    }

    /** A release of a random network. */
    public Release release(NDManager manager, int number) throws IOException {
        var directory = folder.resolve("release-" + number);
        try (var model = model(manager, number)) {
            model.save(directory);
        }
        return files.pack(ReleaseKind.REWARD, number, null, directory, Map.of("heldOutAccuracy", 0.9));
    }

    /** Noise around a level of brightness from 0 to 1. */
    public BlobRef pixels(double brightness, Random random) throws IOException {
        var picture = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < SIZE; y++) {
            for (int x = 0; x < SIZE; x++) {
                int level = (int) (200 * brightness + random.nextInt(56));
                picture.setRGB(x, y, level << 16 | level << 8 | level);
            }
        }
        var bytes = new ByteArrayOutputStream();
        ImageIO.write(picture, "png", bytes);
        return blobs.put(bytes.toByteArray(), "image/png");
    }

    /** Images of one prompt with brightness drawn at random. */
    public List<Image> images(String prompt, int count, Random random) throws IOException {
        var images = new ArrayList<Image>();
        for (int i = 0; i < count; i++) {
            images.add(Records.image(prompt, i, pixels(random.nextDouble(), random), null));
        }
        return images;
    }

    /** A preference of each of some prompts, the brighter image before the darker. */
    public List<Preference> preferences(String name, int prompts, @Nullable String policyRelease, Random random)
            throws IOException {
        var preferences = new ArrayList<Preference>();
        for (int i = 0; i < prompts; i++) {
            double dark = 0.8 * random.nextDouble();
            double bright = dark + 0.1 + (0.9 - dark) * random.nextDouble();
            var prompt = name + " " + i;
            preferences.add(Records.preference(
                    Records.image(prompt, 0, pixels(bright, random), policyRelease),
                    Records.image(prompt, 1, pixels(dark, random), null),
                    null));
        }
        return preferences;
    }
}
