package dev.preflow.models.reward;

import ai.djl.ndarray.NDArray;

/**
 * What a network says of each image, in one vector: image by image its outputs and, where there are several, their sum.
 *
 * @param values the vector; gradients flow through
 * @param outputs how many outputs there are
 */
record OutputTable(NDArray values, int outputs) {
    /** The table of outputs [B, outputs]. */
    static OutputTable of(NDArray outputs) {
        int count = Math.toIntExact(outputs.getShape().get(1));
        NDArray rows = count == 1 ? outputs : outputs.concat(outputs.sum(new int[] {1}, true), 1);
        return new OutputTable(rows.reshape(-1), count);
    }

    /** Where in the vector the outputs, or {@link PreferenceBatch#SUM}, of images are. */
    int[] places(int[] images, int[] which) {
        int columns = outputs == 1 ? 1 : outputs + 1;
        int[] places = new int[images.length];
        for (int i = 0; i < places.length; i++) {
            if (which[i] >= outputs) {
                throw new IllegalArgumentException(
                        "Pair " + i + " is about output " + which[i] + ", but the network has " + outputs);
            }
            places[i] = images[i] * columns + (which[i] == PreferenceBatch.SUM ? columns - 1 : which[i]);
        }
        return places;
    }
}
