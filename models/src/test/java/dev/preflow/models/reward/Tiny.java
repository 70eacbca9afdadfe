package dev.preflow.models.reward;

import ai.djl.ndarray.NDManager;
import dev.preflow.models.image.RgbImage;
import dev.preflow.models.tensor.Noise;
import dev.preflow.models.tokenizer.WordPieceTokenizer;
import java.util.List;
import java.util.random.RandomGenerator;

/** A network and a world small enough for tests: plain coloured images, and texts that name a colour. */
final class Tiny {
    static final int SIDE = 16;
    static final List<String> COLOURS = List.of("red", "green", "blue");

    private Tiny() {}

    static WordPieceTokenizer tokenizer() {
        return WordPieceTokenizer.ofCorpus(List.of("a picture in red green or blue colour"));
    }

    static VpScoreConfig config(List<Double> dropout) {
        return new VpScoreConfig(
                SIDE,
                8,
                List.of(),
                32,
                2,
                2,
                tokenizer().vocabularySize(),
                32,
                2,
                2,
                16,
                12,
                List.of(32, 16, 1),
                dropout,
                0,
                1);
    }

    static VpScore model(NDManager manager) {
        return VpScore.create(config(List.of()), tokenizer(), manager, 7);
    }

    static String text(int colour) {
        return "a picture in " + COLOURS.get(colour);
    }

    /** A noisy image in which one channel is bright. */
    static RgbImage image(int colour, RandomGenerator random) {
        byte[] planes = new byte[3 * SIDE * SIDE];
        for (int i = 0; i < planes.length; i++) {
            boolean bright = i / (SIDE * SIDE) == colour;
            planes[i] = (byte) (random.nextInt(60) + (bright ? 190 : 0));
        }
        return new RgbImage(SIDE, SIDE, planes);
    }

    /** Pairs of images of which the better one has the colour that the text names. */
    static PreferenceBatch pairs(int count, long seed) {
        RandomGenerator random = Noise.generator(seed);
        PreferenceBatch.Builder batch = new PreferenceBatch.Builder();
        for (int i = 0; i < count; i++) {
            int colour = random.nextInt(3);
            int other = (colour + 1 + random.nextInt(2)) % 3;
            batch.pair(text(colour), image(colour, random), image(other, random));
        }
        return batch.build();
    }
}
