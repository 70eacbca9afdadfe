package dev.preflow.demo.pretrain;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * The latents and captions of many scenes, kept in memory: each is encoded once and trained on several times. Different
 * places may be filled by different threads.
 */
final class LatentPool {
    private final float[][] latents;
    private final String[] captions;
    private final Shape shape;

    /**
     * An empty pool.
     *
     * @param size how many scenes it holds
     * @param shape of one scene's latents, C×h×w
     */
    LatentPool(int size, Shape shape) {
        this.latents = new float[size][];
        this.captions = new String[size];
        this.shape = shape;
    }

    int size() {
        return latents.length;
    }

    void put(int place, float[] latent, String caption) {
        latents[place] = latent;
        captions[place] = caption;
    }

    /** The latents of some scenes, N×C×h×w. */
    NDArray latents(NDManager manager, int[] places) {
        int size = Math.toIntExact(shape.size());
        float[] values = new float[places.length * size];
        for (int i = 0; i < places.length; i++) {
            System.arraycopy(latents[places[i]], 0, values, i * size, size);
        }
        return manager.create(values, new Shape(places.length).addAll(shape));
    }

    /** The captions of some scenes. */
    List<String> captions(int[] places) {
        return Arrays.stream(places).mapToObj(place -> captions[place]).toList();
    }
}
