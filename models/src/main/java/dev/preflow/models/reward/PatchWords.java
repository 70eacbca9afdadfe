package dev.preflow.models.reward;

import java.util.List;

/**
 * Which words say what patches of images show.
 *
 * @param choices words of one token each, of which one is right
 * @param right the index of the right one for every patch of every image, image by image and row by row; -1 where nobody knows
 */
public record PatchWords(List<String> choices, int[] right) {
    /** Checks the indices. */
    public PatchWords {
        choices = List.copyOf(choices);
        for (int index : right) {
            if (index < -1 || index >= choices.size()) {
                throw new IllegalArgumentException("There is no choice " + index + " of " + choices);
            }
        }
    }

    /** Ones where a word is right, divided by how often it is: every word weighs the same, however large what it names. */
    float[] weights() {
        int[] counts = new int[choices.size()];
        for (int index : right) {
            if (index >= 0) {
                counts[index]++;
            }
        }
        float[] weights = new float[right.length * choices.size()];
        for (int i = 0; i < right.length; i++) {
            if (right[i] >= 0) {
                weights[i * choices.size() + right[i]] = 1f / (counts[right[i]] * choices.size());
            }
        }
        return weights;
    }
}
