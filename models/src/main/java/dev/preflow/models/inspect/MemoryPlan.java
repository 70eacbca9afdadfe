package dev.preflow.models.inspect;

/**
 * What a model's weights take in memory, in bytes. Activations come on top; they depend on the size of images and batches.
 *
 * <p>Running holds every parameter once: 4 bytes in float32, as on a CPU, 2 in float16, as on CUDA. Training a parameter takes 20
 * bytes in float32: the weight, its gradient, AdamW's two moments, and its moving average. A policy takes 4 more for the frozen
 * reference to which it is held close. What is not trained takes 4. With LoRA every parameter of the model is frozen in float16
 * and is its own reference, so only adapters are trained.
 *
 * @param runFloat32 to run in float32
 * @param runFloat16 to run in float16
 * @param trainAll to train everything but the autoencoder in float32
 * @param trainLora to train adapters of rank {@link #RANK} on the attentions of the U-Net; 0 if there are none
 */
public record MemoryPlan(long runFloat32, long runFloat16, long trainAll, long trainLora) {

    /** The rank for which adapters are planned. */
    public static final int RANK = 16;

    private static final long FLOAT32 = 4;
    private static final long FLOAT16 = 2;
    private static final long TRAINED = 20;
    private static final long REFERENCE = 4;

    /**
     * A policy.
     *
     * @param trained parameters of the U-Net and the text encoders
     * @param frozen parameters of the autoencoder
     * @param adapters parameters of adapters of that rank
     */
    static MemoryPlan ofPolicy(long trained, long frozen, long adapters) {
        long all = trained + frozen;
        return new MemoryPlan(
                FLOAT32 * all,
                FLOAT16 * all,
                (TRAINED + REFERENCE) * trained + FLOAT32 * frozen,
                FLOAT16 * all + TRAINED * adapters);
    }

    /** A reward model, which takes no adapters. */
    static MemoryPlan ofReward(long parameters) {
        return new MemoryPlan(FLOAT32 * parameters, FLOAT16 * parameters, TRAINED * parameters, 0);
    }
}
