package dev.preflow.demo.endpoint;

import dev.preflow.demo.judge.AspectRating;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.zip.CRC32;

/** An annotator's inconsistency: Gaussian, and the same for the same picture, prompt and aspect, so that runs can be repeated. */
final class RatingNoise {
    private final double deviation;
    private final long seed;

    RatingNoise(double deviation, long seed) {
        this.deviation = deviation;
        this.seed = seed;
    }

    /** The whole rating from 1 to 5 that is spoken out. */
    int rating(AspectRating opinion, String prompt, String image) {
        if (deviation == 0) {
            return opinion.rating();
        }
        long key = crc(prompt + opinion.aspect()) << 32 | crc(image);
        double noise = deviation * new SplittableRandom(seed * 0x9E3779B97F4A7C15L ^ key).nextGaussian();
        return AspectRating.rating(opinion.score() + noise);
    }

    private static long crc(String text) {
        CRC32 crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return crc.getValue();
    }
}
