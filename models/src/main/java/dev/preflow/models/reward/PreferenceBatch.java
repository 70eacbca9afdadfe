package dev.preflow.models.reward;

import dev.preflow.models.image.RgbImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Preferences between images of the same prompt. An image takes part in several pairs and is computed once.
 *
 * @param images the images
 * @param texts the prompt of each image
 * @param better index of the better image of each pair
 * @param worse index of the worse image of each pair
 * @param outputs index of the network's output that each pair is about, or {@link #SUM}
 */
public record PreferenceBatch(List<RgbImage> images, List<String> texts, int[] better, int[] worse, int[] outputs) {
    /** A pair is about the score, which is the sum of the outputs. */
    public static final int SUM = -1;

    /** Checks that the indices name images of the same prompt. */
    public PreferenceBatch {
        images = List.copyOf(images);
        texts = List.copyOf(texts);
        if (images.size() != texts.size()
                || better.length != worse.length
                || better.length == 0
                || better.length != outputs.length) {
            throw new IllegalArgumentException("A batch needs one text per image and at least one pair: "
                    + images.size() + " images, " + texts.size() + " texts, " + better.length + " better, "
                    + worse.length + " worse, " + outputs.length + " outputs");
        }
        for (int i = 0; i < better.length; i++) {
            if (better[i] == worse[i] || !texts.get(better[i]).equals(texts.get(worse[i]))) {
                throw new IllegalArgumentException("Pair " + i + " does not compare two images of one prompt");
            }
        }
    }

    /** Pairs that are all about the score. */
    public PreferenceBatch(List<RgbImage> images, List<String> texts, int[] better, int[] worse) {
        this(images, texts, better, worse, sums(better.length));
    }

    private static int[] sums(int pairs) {
        int[] sums = new int[pairs];
        Arrays.fill(sums, SUM);
        return sums;
    }

    /** Number of pairs. */
    public int pairs() {
        return better.length;
    }

    /** Collects the groups of a batch: the images of one prompt, with a rating each. */
    public static final class Builder {
        private final List<RgbImage> images = new ArrayList<>();
        private final List<String> texts = new ArrayList<>();
        private final List<Integer> better = new ArrayList<>();
        private final List<Integer> worse = new ArrayList<>();

        /** Adds one pair. */
        public Builder pair(String text, RgbImage preferred, RgbImage other) {
            return group(text, List.of(preferred, other), new double[] {1, 0});
        }

        /** Adds the images of a prompt and every pair whose ratings differ; ties give no pair. */
        public Builder group(String text, List<RgbImage> group, double[] ratings) {
            if (group.size() != ratings.length) {
                throw new IllegalArgumentException(group.size() + " images with " + ratings.length + " ratings");
            }
            int first = images.size();
            for (int i = 0; i < ratings.length; i++) {
                images.add(group.get(i));
                texts.add(text);
                for (int j = 0; j < ratings.length; j++) {
                    if (ratings[i] > ratings[j]) {
                        better.add(first + i);
                        worse.add(first + j);
                    }
                }
            }
            return this;
        }

        /** Number of pairs so far. */
        public int pairs() {
            return better.size();
        }

        /** The batch. */
        public PreferenceBatch build() {
            return new PreferenceBatch(
                    images,
                    texts,
                    better.stream().mapToInt(Integer::intValue).toArray(),
                    worse.stream().mapToInt(Integer::intValue).toArray());
        }
    }
}
