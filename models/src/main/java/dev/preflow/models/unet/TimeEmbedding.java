package dev.preflow.models.unet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.preflow.models.nn.Initializer;
import dev.preflow.models.tensor.Ops;
import dev.preflow.models.tensor.Scope;

/**
 * The embedding that every residual block takes: sinusoids of the timestep (Ho et al. 2020) through two linear layers, and in
 * SDXL (Podell et al. 2023) the pooled text with sinusoids of the image's sizes through two more, added.
 *
 * @param config sizes
 */
record TimeEmbedding(UNetConfig config) {

    private static final String TIME = "time_embedding";
    private static final String ADDITION = "add_embedding";

    private MlpEmbedding time() {
        return new MlpEmbedding(config.blockOutChannels().get(0), config.timeChannels());
    }

    private MlpEmbedding addition() {
        return new MlpEmbedding(config.projectionClassEmbeddingsInputDim(), config.timeChannels());
    }

    private Sinusoids sinusoids(int count) {
        return new Sinusoids(count, config.flipSinToCos(), config.freqShift());
    }

    /** Creates the parameters; the scope is the U-Net's own. */
    void initialize(Initializer init, Scope p) {
        time().initialize(init, p.scope(TIME));
        if (config.addsTextAndTime()) {
            addition().initialize(init, p.scope(ADDITION));
        }
    }

    /**
     * The embedding after the SiLU with which every residual block begins, N×timeChannels, in a type.
     *
     * @param p the U-Net's own scope
     * @param manager the result attaches to it
     */
    NDArray forward(Scope p, NDManager manager, double[] timesteps, Conditioning conditioning, DataType type) {
        NDArray waves = sinusoids(config.blockOutChannels().get(0)).of(manager, timesteps);
        NDArray embedding = time().forward(p.scope(TIME), Ops.cast(waves, type));
        Conditioning.Addition given = conditioning.addition();
        if (given != null) {
            embedding = embedding.add(addition().forward(p.scope(ADDITION), joined(given, manager, type)));
        }
        return Ops.silu(embedding);
    }

    /** Pooled text and sinusoids side by side. */
    private NDArray joined(Conditioning.Addition given, NDManager manager, DataType type) {
        long batch = given.pooled().getShape().get(0);
        NDArray waves = sinusoids(config.additionTimeEmbedDim()).of(manager, given.timeIds());
        NDArray rows = waves.reshape(new Shape(batch, -1));
        NDArray joined = Ops.cast(given.pooled(), type).concat(Ops.cast(rows, type), 1);
        if (joined.getShape().get(1) != config.projectionClassEmbeddingsInputDim()) {
            throw new IllegalArgumentException("Pooled text " + given.pooled().getShape() + " and "
                    + given.timeIds().length / batch + " time ids of " + config.additionTimeEmbedDim()
                    + " sinusoids make " + joined.getShape().get(1) + " channels, but the U-Net's "
                    + "projection_class_embeddings_input_dim is " + config.projectionClassEmbeddingsInputDim());
        }
        return joined;
    }
}
